import ts from 'typescript';

/** For objects that JSON cannot carry, what to use instead. */
const REFUSED: Readonly<Record<string, string>> = {
  Map: 'an object, Object.fromEntries(map), or an array of its entries, [...map]',
  ReadonlyMap: 'an object, Object.fromEntries(map), or an array of its entries, [...map]',
  Set: 'an array, [...set]',
  ReadonlySet: 'an array, [...set]',
  WeakMap: 'plain data',
  WeakSet: 'plain data',
  WeakRef: 'what it refers to',
  Promise: 'what it resolves with: await it',
  PromiseLike: 'what it resolves with: await it',
  RegExp: 'its text, String(expression)',
  Error: 'what clients may know of it, { message: error.message }, or throw it',
  Iterable: 'an array, [...values]',
  Iterator: 'an array, [...values]',
  IteratorObject: 'an array, [...values]',
  URLSearchParams: 'its text, String(params)',
  SharedArrayBuffer: 'a copy, new Uint8Array(buffer).slice()',
};

const BINARY = /^(ArrayBuffer|DataView|Buffer|Blob|File|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/;

/** Tells what objects of TypeScript's and Node's libraries are on the wire. */
export class LibraryTypes {
  constructor(
    private readonly program: ts.Program,
    private readonly checker: ts.TypeChecker,
  ) {}

  /** Returns true for what Socket.IO sends as binary data. */
  isBinary(type: ts.Type): boolean {
    return this.ancestor(type, (name) => BINARY.test(name)) !== undefined;
  }

  /** Returns why an object cannot be sent, as the rest of a sentence. */
  refusal(type: ts.Type): string | undefined {
    const name = this.ancestor(type, (one) => Object.hasOwn(REFUSED, one));
    if (name === undefined) return undefined;
    const article = /^[AEIOU]/.test(name) ? 'an' : 'a';
    return `is ${article} ${name}, which cannot be sent; give ${REFUSED[name] ?? ''}`;
  }

  /** Returns the primitive that an object of `String`, `Number` or `Boolean` is on the wire. */
  boxedPrimitive(type: ts.Type): string | undefined {
    return this.ancestor(type, (name) => ['String', 'Number', 'Boolean'].includes(name))?.toLowerCase();
  }

  /** Returns true for a Node stream, a web stream and an async iterable. */
  isStream(type: ts.Type): boolean {
    const properties = this.checker.getPropertiesOfType(type);
    return (
      properties.some(({ name }) => name.startsWith('__@asyncIterator')) ||
      ['pipe', 'getReader'].some((name) => {
        const method = this.checker.getPropertyOfType(type, name);
        return method !== undefined && this.isOfLibrary(method);
      })
    );
  }

  /** Returns the type of the chunks of a stream; undefined if it does not say. */
  chunkOf(type: ts.Type, depth = 0): ts.Type | undefined {
    if (!(type.flags & ts.TypeFlags.Object) || depth > MAX_DEPTH) return undefined;
    const isGeneric = (type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference;
    const [chunk] = isGeneric ? this.checker.getTypeArguments(type as ts.TypeReference) : [];
    if (chunk && this.isOfLibrary(type.symbol)) return chunk;
    const method = this.checker
      .getPropertiesOfType(type)
      .find(({ name }) => name.startsWith('__@asyncIterator'));
    const [signature] = method
      ? this.checker.getSignaturesOfType(this.checker.getTypeOfSymbol(method), ts.SignatureKind.Call)
      : [];
    const iterator = signature && this.checker.getReturnTypeOfSignature(signature);
    return iterator && this.chunkOf(iterator, depth + 1);
  }

  /** Returns the name of the first library type that a type is or extends and that fits. */
  private ancestor(type: ts.Type, fits: (name: string) => boolean, depth = 0): string | undefined {
    const symbol = type.getSymbol();
    if (!symbol || depth > MAX_DEPTH) return undefined;
    if (fits(symbol.name) && this.isOfLibrary(symbol)) return symbol.name;
    if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return undefined;
    const { target = type } = type as Partial<ts.TypeReference>;
    for (const base of this.checker.getBaseTypes(target as ts.InterfaceType)) {
      const found = this.ancestor(base, fits, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Returns true for what TypeScript's or Node's libraries declare. */
  isOfLibrary(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((declaration) => {
      const file = declaration.getSourceFile();
      return (
        this.program.isSourceFileDefaultLibrary(file) || file.fileName.includes('/node_modules/@types/node/')
      );
    });
  }
}

/** Classes that extend classes: more than a program has. */
const MAX_DEPTH = 30;
