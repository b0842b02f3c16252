import ts from 'typescript';

/** Returns the doc comment of the first declaration that has one, with a line break behind it, or an empty text. */
export function docOf(declarations: readonly ts.Node[] | undefined): string {
  for (const declaration of declarations ?? []) {
    const comment = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc).at(-1);
    if (comment) return `${rewritten(comment.getText())}\n`;
  }
  return '';
}

/** Returns a doc comment of a text that has none of its own. */
export function docComment(lines: readonly string[]): string {
  const texts = lines.map((line) => line.replaceAll('*/', '*\\/'));
  if (texts.length === 0) return '';
  return texts.length === 1 ? `/** ${texts[0] ?? ''} */\n` : `/**\n${texts.map(starred).join('')} */\n`;
}

/** Returns the text of a doc comment, line by line. */
export function linesOfDoc(doc: string): string[] {
  const lines = doc
    .trim()
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
  while (lines.length > 0 && lines[0] === '') lines.shift();
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Writes a comment anew, whatever its indentation was. */
function rewritten(comment: string): string {
  const lines = linesOfDoc(comment.replaceAll('\r\n', '\n'));
  return lines.length === 1 ? `/** ${lines[0] ?? ''} */` : `/**\n${lines.map(starred).join('')} */`;
}

function starred(line: string): string {
  return line === '' ? ' *\n' : ` * ${line}\n`;
}
