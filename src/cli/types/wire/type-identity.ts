import { basename } from 'node:path';
import ts from 'typescript';
import type { LibraryTypes } from './library-types';

/** The name of a type in the file. */
export interface Identity {
  /** The same for the same type in every program, different for different ones. */
  readonly key: string;
  readonly wanted: string;
  readonly declarations: readonly ts.Declaration[];
}

/** Tells which types have names of their own: aliases of the application, interfaces, classes and enums. */
export class TypeIdentity {
  /** @param programName differs from program to program: anonymous types have numbers in theirs */
  constructor(
    private readonly program: ts.Program,
    private readonly checker: ts.TypeChecker,
    private readonly library: LibraryTypes,
    private readonly programName: string,
  ) {}

  /** Returns undefined for a type that has no name. */
  of(type: ts.Type): Identity | undefined {
    const { aliasSymbol, aliasTypeArguments = [] } = type;
    if (aliasSymbol && this.isOfApplication(aliasSymbol))
      return this.identity(aliasSymbol, aliasTypeArguments);
    const symbol = type.getSymbol();
    // Objects of a library are printed as what they are: an array, a Date.
    if (!symbol || !(symbol.flags & NAMED) || this.library.isOfLibrary(symbol)) return undefined;
    return this.identity(symbol, this.argumentsOf(type));
  }

  /** Returns the identity of a type that has no name, and needs one because it contains itself. */
  ofAnonymous(type: ts.Type): Identity {
    const named = [type.aliasSymbol, type.getSymbol()].find((one) => one && !one.name.startsWith('__'));
    return { key: this.anonymousKey(type), wanted: named?.name ?? 'Recursive', declarations: [] };
  }

  private identity(symbol: ts.Symbol, parameters: readonly ts.Type[]): Identity | undefined {
    const declarations = symbol.declarations ?? [];
    const [first] = declarations;
    const name = nameOfSymbol(symbol, first);
    if (!first || name === undefined) return undefined;
    const names = parameters.map((one) => this.nameOfArgument(one));
    const place = `${first.getSourceFile().fileName}:${first.pos}`;
    const keys = parameters.map((one) => this.keyOf(one));
    return {
      key: keys.length > 0 ? `${place}<${keys.join()}>` : place,
      wanted: names.length > 0 ? `${name}Of${names.join('And')}` : name,
      declarations,
    };
  }

  private argumentsOf(type: ts.Type): readonly ts.Type[] {
    const { target } = type as Partial<ts.TypeReference>;
    const count = target?.typeParameters?.length ?? 0;
    return count > 0 ? this.checker.getTypeArguments(type as ts.TypeReference).slice(0, count) : [];
  }

  private keyOf(type: ts.Type): string {
    const identity = this.of(type);
    if (identity) return identity.key;
    if (type.flags & SIMPLE)
      return this.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
    if (this.checker.isArrayType(type))
      return `${this.argumentsOf(type)
        .map((one) => this.keyOf(one))
        .join()}[]`;
    return this.anonymousKey(type);
  }

  private anonymousKey(type: ts.Type): string {
    return `${this.programName}#${String((type as ts.Type & { readonly id?: number }).id)}`;
  }

  private nameOfArgument(type: ts.Type): string {
    if (this.checker.isArrayType(type))
      return `${this.argumentsOf(type)
        .map((one) => this.nameOfArgument(one))
        .join('')}Array`;
    const identity = this.of(type);
    if (identity) return identity.wanted;
    if (type.flags & SIMPLE) {
      const text = this.checker.typeToString(type).replaceAll(/[^\p{ID_Continue}]+/gu, '');
      return text.charAt(0).toUpperCase() + text.slice(1);
    }
    const name = type.aliasSymbol?.name ?? type.getSymbol()?.name ?? '';
    return name.startsWith('__') ? '' : name;
  }

  private isOfApplication(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((declaration) => {
      const file = declaration.getSourceFile();
      return (
        !this.program.isSourceFileDefaultLibrary(file) &&
        !this.program.isSourceFileFromExternalLibrary(file) &&
        !file.fileName.includes('/node_modules/')
      );
    });
  }
}

const NAMED = ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.Enum;

/** Types whose text says all about them. */
const SIMPLE =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.Null |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Void |
  ts.TypeFlags.Any |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.Never;

/** Returns undefined for a class that nothing names. */
function nameOfSymbol(symbol: ts.Symbol, declaration: ts.Declaration | undefined): string | undefined {
  if (symbol.name === 'default' && declaration) return namedAfterFile(declaration.getSourceFile().fileName);
  if (!symbol.name.startsWith('__')) return symbol.name;
  const { parent } = declaration ?? {};
  return parent && ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)
    ? parent.name.text
    : undefined;
}

/** Returns `Chat` for `src/chat.gateway.ts`. */
export function namedAfterFile(file: string): string {
  const [name = ''] = basename(file).split('.');
  return name
    .split(/[^\p{ID_Continue}]+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
