import ts from 'typescript';

/** Tokens that formatters add and take away. */
const OPTIONAL = new Set([ts.SyntaxKind.SemicolonToken, ts.SyntaxKind.CommaToken, ts.SyntaxKind.BarToken]);
const BLANK = new Set([ts.SyntaxKind.WhitespaceTrivia, ts.SyntaxKind.NewLineTrivia]);

/** Returns the tokens of a file, a line each: files that differ only in their formatting have the same. */
export function normalizeTypes(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  const lines: string[] = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (OPTIONAL.has(kind) || BLANK.has(kind)) continue;
    const isText = kind === ts.SyntaxKind.StringLiteral;
    lines.push(
      isText ? JSON.stringify(scanner.getTokenValue()) : scanner.getTokenText().replaceAll(/\s+/g, ' '),
    );
  }
  return lines.join('\n');
}
