/** Reading XML tag by tag. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { XmlReader } from '../../../engine/formats/xml/xml-reader.ts';
import { assertRefused } from '../../support/mesh-shapes.ts';

/** The tags of a text: (name, =text, ) and so on. */
function tags(text: string): string {
  const reader = new XmlReader(Buffer.from(text), 'a.xml');
  const found: string[] = [];
  for (let kind = reader.next(); kind !== undefined; kind = reader.next()) {
    const inner = reader.text.trim();
    if (inner !== '') found.push(`=${inner}`);
    found.push(
      kind === 'open' ? `(${reader.name}${reader.depth}` : `${reader.name}${reader.depth})`,
    );
  }
  return found.join(' ');
}

const test = suite('xml');

test('elements, within one another and alone, with or without prefixes', () => {
  assert.is(tags('<a><b/><m:c x="1"></m:c></a>'), '(a0 (b1 b1) (c1 c1) a0)');
  assert.is(tags('<?xml version="1.0"?>\n<a >text</a >'), '(a0 =text a0)');
});

test('comments, text as it stands and declarations', () => {
  const declared = '<!DOCTYPE a [<!ENTITY x "yyy"><!ELEMENT b (c)>]>';
  assert.is(
    tags(`${declared}<!-- <b> --><a>1<!-- 2 -->3<![CDATA[<&lt;]]></a>`),
    '(a0 =13<&lt; a0)',
  );
});

test('attributes, whatever is quoted', () => {
  const reader = new XmlReader(
    Buffer.from(`<t ax="0" x = "1>2" p:y='a"b' z="&lt;&#65;&#x42;&bomb;&#x110000;" w=""/>`),
    'a.xml',
  );
  reader.next();
  assert.is(reader.attribute('x'), '1>2');
  assert.is(reader.attribute('ax'), '0');
  assert.is(reader.attribute('y'), 'a"b');
  assert.is(reader.attribute('z'), '<AB&bomb;&#x110000;');
  assert.is(reader.attribute('w'), '');
  assert.is(reader.attribute('v'), undefined);
  assert.is(reader.attribute('constructor'), undefined);
});

test('other encodings by their mark', () => {
  for (const [bom, text] of [
    ['efbbbf', Buffer.from('<ä/>')],
    ['fffe', Buffer.from('<ä/>', 'utf16le')],
    ['feff', Buffer.from('<ä/>', 'utf16le').swap16()],
  ] as const) {
    const reader = new XmlReader(Buffer.concat([Buffer.from(bom, 'hex'), text]), 'a.xml');
    assert.is(reader.next(), 'open');
    assert.is(reader.name, 'ä');
  }
});

test('says where it is damaged', () => {
  for (const [text, message] of [
    ['<a>\n<b></a>', /line 2: the element b ends with a/],
    ['<a>', /the element a has no end/],
    ['<a x="', /a tag has no end/],
    ['<a', /a tag has no end/],
    ['<!-- ', /"-->" is missing/],
    ['</a>', /ends with a/],
    ['< >', /a tag has no name/],
    ['<a>'.repeat(5000), /too deep/],
  ] as const) {
    assertRefused(() => tags(text), 'GOX_FORMAT_BROKEN', message);
  }
});

test('a million elements take a moment', () => {
  const bytes = Buffer.from(`<a>${'<v x="1.5" y="-2" z="3e4"/>'.repeat(200_000)}</a>`);
  const reader = new XmlReader(bytes, 'a.xml');
  let sum = 0;
  for (let kind = reader.next(); kind !== undefined; kind = reader.next()) {
    if (kind === 'open' && reader.name === 'v') sum += Number(reader.attribute('x'));
  }
  assert.is(sum, 300_000);
});

test.run();
