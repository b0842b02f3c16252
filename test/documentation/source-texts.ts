import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const SRC = join(__dirname, '../../src');

/** Returns the TypeScript files of a folder of src. */
function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

/** Returns what is always the same in an expression that makes a text. What differs is written `…`. */
function textOf(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return textOf(node.left) + textOf(node.right);
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  return '…';
}

/** Returns the texts that the source is written with, each as a whole. */
export function sourceTexts(): string[] {
  const texts: string[] = [];
  const look = (node: ts.Node): void => {
    const text = ts.isExpression(node) ? textOf(node) : '…';
    if (text !== '…') texts.push(text);
    node.forEachChild(look);
  };
  for (const file of sourceFiles(SRC))
    look(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return texts;
}

/** Returns the types of the errors that the source throws, as `EVENT_NOT_FOUND`. */
export function errorTypes(): Set<string> {
  const types = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /(Error|Exceeded|TooLarge)$/.test(node.expression.getText()))
      for (const argument of node.arguments ?? [])
        if (ts.isStringLiteral(argument) && /^[A-Z]+(_[A-Z]+)+$/.test(argument.text))
          types.add(argument.text);
    node.forEachChild(look);
  };
  for (const file of sourceFiles(SRC))
    look(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return types;
}

/** A message of the source for people, with the file that it is in. */
export interface SourceMessage {
  /** Relative to src. */
  readonly file: string;
  readonly text: string;
}

/** Functions that log their text, or throw it. */
const REPORTING = [
  ...['report', 'runSafely', 'safeCallback', 'closeForLimit', 'recordClosing', 'malformed'],
  ...['warn', 'error', 'emitWarning', 'complain'],
  ...['mistake', 'contradiction', 'fail', 'failureAt', 'problemOfTimes', 'refuse', 'refuseThis'],
];

/** Returns the messages that a folder of src logs at level warn or error, or throws. */
export function messagesOf(folder: string): SourceMessage[] {
  const messages: SourceMessage[] = [];
  for (const file of sourceFiles(join(SRC, folder))) {
    const look = (node: ts.Node): void => {
      if (isReporting(node))
        for (const argument of node.arguments ?? []) {
          const text = textOf(argument).replaceAll(/\s+/g, ' ');
          if (/\w{2} \w{2}/.test(text)) messages.push({ file: relative(SRC, file), text });
        }
      node.forEachChild(look);
    };
    look(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return messages;
}

function isReporting(node: ts.Node): node is ts.CallExpression | ts.NewExpression {
  if (ts.isNewExpression(node)) return /Error$/.test(node.expression.getText());
  if (!ts.isCallExpression(node)) return false;
  return REPORTING.includes(node.expression.getText().split('.').at(-1) as string);
}
