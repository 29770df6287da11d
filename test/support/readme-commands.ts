/** The commands that a page of Markdown shows, and what it shows of their output. */

export interface ShownCommand {
  /** As it stands, over several lines where it goes on. */
  readonly text: string;
  /** The lines below it in its block, up to the next command. */
  readonly output: readonly string[];
  /** The line of the page, from 1. */
  readonly line: number;
}

/** The lines of code blocks, fenced or indented by four, without their indentation. */
interface BlockLine {
  readonly text: string;
  readonly line: number;
}

const FENCE = /^\s*(```|~~~)/;
const INDENT = '    ';
const PROMPT = '$ ';
/** What blocks without prompts show of shells: their lines begin so. */
const BARE_COMMAND = /^(npm|npx|git|goxel-supervisor) /;

/** As the greeting calls it: by its name when that is to be found, else by its path. */
const SUGGESTED = /^(npx goxel-supervisor|goxel-supervisor|node \S+\/main\.js) /;

/** In the order of the page. */
export function shownCommands(page: string): ShownCommand[] {
  return blocks(page).flatMap((block) => {
    const prompts = block.some(({ text }) => text.startsWith(PROMPT));
    return prompts ? prompted(block) : bare(block);
  });
}

/** Commands that the daemon suggests when it has started: those lines that call this program. */
export function suggestedCommands(greeting: string): ShownCommand[] {
  return greeting.split('\n').flatMap((text, i) => {
    const command = text.trim();
    if (!text.startsWith('  ')) return [];
    return SUGGESTED.test(command) ? [{ text: command, output: [], line: i + 1 }] : [];
  });
}

function prompted(block: readonly BlockLine[]): ShownCommand[] {
  const commands: ShownCommand[] = [];
  for (let at = 0; at < block.length; ) {
    const { text, line } = block[at++]!;
    if (!text.startsWith(PROMPT)) continue;
    let command = text.slice(PROMPT.length);
    while (goesOn(command) && at < block.length) command += `\n${block[at++]!.text}`;
    const output: string[] = [];
    while (at < block.length && !block[at]!.text.startsWith(PROMPT)) output.push(block[at++]!.text);
    commands.push({ text: command, output, line });
  }
  return commands;
}

function bare(block: readonly BlockLine[]): ShownCommand[] {
  if (!block.every(({ text }) => BARE_COMMAND.test(text))) return [];
  return block.map(({ text, line }) => ({ text, output: [], line }));
}

/** Whether a shell would read another line: behind a backslash or a pipe, or inside quotes. */
function goesOn(command: string): boolean {
  if (/(\\|\||&&)$/.test(command.trimEnd())) return true;
  let quote = '';
  for (const letter of command) {
    if (quote === '' && (letter === "'" || letter === '"')) quote = letter;
    else if (letter === quote) quote = '';
  }
  return quote !== '';
}

function blocks(page: string): BlockLine[][] {
  const found: BlockLine[][] = [];
  let block: BlockLine[] = [];
  let fenced = false;
  const end = () => {
    if (block.length > 0) found.push(block);
    block = [];
  };
  for (const [i, text] of page.split('\n').entries()) {
    const line = i + 1;
    if (FENCE.test(text)) {
      end();
      fenced = !fenced;
    } else if (fenced) block.push({ text, line });
    else if (text.startsWith(INDENT)) block.push({ text: text.slice(INDENT.length), line });
    else end();
  }
  end();
  return found;
}

/** What is wrong with the output of a command beside what is shown; `…` stands for anything. */
export function outputFault(shown: readonly string[], actual: string): string | undefined {
  const wanted = shown.map((line) => line.trimEnd()).filter((line) => line !== '');
  const lines = actual.split('\n').map((line) => line.trimEnd());
  let at = 0;
  let anywhere = false;
  for (const line of wanted) {
    if (/^\s*(…|\.\.\.)$/.test(line)) {
      anywhere = true;
      continue;
    }
    let next = at;
    while (lines[next] === '') next++;
    if (anywhere) while (next < lines.length && !same(line, lines[next]!)) next++;
    if (next >= lines.length || !same(line, lines[next]!)) {
      return `shown is ${JSON.stringify(line)}, but it prints ${JSON.stringify(lines[next])}`;
    }
    at = next + 1;
    anywhere = false;
  }
  return undefined;
}

/** The same but for directories of files, and what `…` leaves out. */
function same(shown: string, actual: string): boolean {
  const parts = withoutDirectories(shown).split('…');
  const text = withoutDirectories(actual);
  let at = 0;
  for (const [i, part] of parts.entries()) {
    const found = text.indexOf(part, at);
    if (found < 0 || (i === 0 && found > 0)) return false;
    at = found + part.length;
  }
  return at === text.length || parts.at(-1) === '';
}

function withoutDirectories(text: string): string {
  return text.replace(/(?:[\w.~…-]*\/)+([\w.-]+\.[a-z0-9]{2,4})\b/g, '$1');
}
