/**
 * Hands the signals of the process to a command from now on; returns those that came before. Called
 * by the command that lives on when it gets them.
 */
export type TakeSignals = (
  handler: (signal: NodeJS.Signals) => void,
) => readonly NodeJS.Signals[] | undefined;
