import { relative } from 'node:path';
import type ts from 'typescript';

interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly text: string;
}

/** Collects what is wrong with gateways, with the places in their sources. */
export class Problems {
  private readonly found = new Map<string, Problem>();

  /**
   * @param node where it is
   * @param subject `ChatGateway`, or `ChatGateway.send`
   * @param what what is wrong; what to write instead
   */
  add(node: ts.Node, subject: string, what: string): void {
    const file = node.getSourceFile();
    this.addAt(file, node.getStart(file), `${subject}: ${what}`);
  }

  addAt(file: ts.SourceFile, position: number, text: string): void {
    const { line, character } = file.getLineAndCharacterOfPosition(position);
    const problem = { file: file.fileName, line: line + 1, column: character + 1, text };
    this.found.set(JSON.stringify(problem), problem);
  }

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  /** Returns one line for each problem, in the order of files and lines. */
  toString(folder: string): string {
    return [...this.found.values()]
      .sort(
        (one, other) =>
          compareText(one.file, other.file) || one.line - other.line || one.column - other.column,
      )
      .map(
        ({ file, line, column, text }) =>
          `${shownPath(file, folder)}:${line}:${column}: ${printable(text)}\n`,
      )
      .join('');
  }
}

/** Returns the place of a node as `src/chat.ts:3:7`. */
export function placeOf(node: ts.Node, folder: string): string {
  const file = node.getSourceFile();
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${shownPath(file.fileName, folder)}:${line + 1}:${character + 1}`;
}

/** Returns a path relative to a folder, with slashes on every system. */
export function shownPath(file: string, folder: string): string {
  return relative(folder, file).replaceAll('\\', '/');
}

/** Compares texts the same way on every system, whatever its language. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function printable(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
