import ts from 'typescript';
import { docOf } from './doc-comments';
import { LibraryTypes } from './library-types';
import type { NamedTypes } from './named-types';
import { ObjectMembers, type Receiving } from './object-members';
import type { Place } from './place';
import { arrayOf, inBraces, inLines, quote, single, unionOf, type Printed } from './printed';
import { printTuple } from './tuples';
import { TypeIdentity, type Identity } from './type-identity';

/** The text of an object type: its members, or the type that it has on the wire. */
type Body = { readonly members: readonly string[] } | { readonly type: Printed };

/** Objects in objects, and types that have names: more than data has. */
const MAX_DEPTH = 150;
const MAX_NAMED_TYPES = 2000;
const MAX_KEY_LENGTH = 2000;

/** Prints types as values of them are on the wire: after JSON, with binary data apart. */
export class WireTypes {
  readonly library: LibraryTypes;
  private readonly checker: ts.TypeChecker;
  private readonly identity: TypeIdentity;
  private readonly members: ObjectMembers;
  /** Objects without a name that are being printed, and the name that they get if they contain themselves. */
  private readonly open = new Map<ts.Type, string | undefined>();
  private depth = 0;

  /**
   * @param binary the name of the type of binary data
   * @param programName differs from program to program
   * @param receiving for payloads that class-transformer reads
   */
  constructor(
    program: ts.Program,
    private readonly names: NamedTypes,
    private readonly binary: 'ArrayBuffer' | 'Buffer',
    programName: string,
    private readonly receiving?: Receiving,
  ) {
    this.checker = program.getTypeChecker();
    this.library = new LibraryTypes(program, this.checker);
    this.identity = new TypeIdentity(program, this.checker, this.library, programName);
    this.members = new ObjectMembers(this.checker, this, receiving);
  }

  /** Prints a type where a value must stand: an argument, an item of an array. `undefined` is null there. */
  print(type: ts.Type, place: Place): Printed {
    const { parts, hasUndefined } = this.withoutUndefined(type);
    const printed = parts.map((part) => this.printDefined(part, place));
    return unionOf(hasUndefined ? [...printed, single('null')] : printed);
  }

  /** Prints a type where a value may be missing, without `undefined`; nothing is left of `undefined` itself. */
  printPresent(type: ts.Type, place: Place): { printed: Printed | undefined; mayBeAbsent: boolean } {
    const { parts, hasUndefined } = this.withoutUndefined(type);
    const printed = parts.map((part) => this.printDefined(part, place));
    return { printed: printed.length > 0 ? unionOf(printed) : undefined, mayBeAbsent: hasUndefined };
  }

  /** Takes `undefined` and `void` out of a type. The name of the rest stays, where TypeScript keeps it. */
  withoutUndefined(type: ts.Type): { parts: readonly ts.Type[]; hasUndefined: boolean } {
    const parts = type.isUnion() ? type.types : [type];
    const defined = parts.filter(({ flags }) => !(flags & ABSENT));
    if (defined.length === parts.length) return { parts: [type], hasUndefined: false };
    const hasNull = parts.some(({ flags }) => flags & ts.TypeFlags.Null);
    const keepsItsName = defined.length > 0 && !hasNull;
    return { parts: keepsItsName ? [this.checker.getNonNullableType(type)] : defined, hasUndefined: true };
  }

  private printDefined(type: ts.Type, place: Place): Printed {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.printObject(type, place);
    if (flags & ts.TypeFlags.EnumLike && (type.isUnion() || flags & ts.TypeFlags.Enum))
      return this.printNamed(type, place, () => ({ type: this.printEnum(type, place) }));
    if (flags & ts.TypeFlags.Boolean) return single('boolean');
    if (type.isUnion()) {
      const members = type.types;
      return this.printNamed(type, place, () => ({
        type: unionOf(members.map((member) => this.printDefined(member, place))),
      }));
    }
    if (type.isStringLiteral()) return single(quote(type.value));
    if (type.isNumberLiteral()) return single(String(type.value));
    if (flags & ts.TypeFlags.BigIntLike)
      return refused(place, 'is a bigint, which cannot be sent; give its text, String(value)');
    if (flags & ts.TypeFlags.ESSymbolLike)
      return refused(place, 'is a symbol, which cannot be sent; give a string');
    if (flags & ts.TypeFlags.Any) return this.printAny(type, place);
    if (flags & PRINTED_AS_IT_IS)
      return single(this.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation));
    if (flags & ABSENT) return single('null');
    if (flags & ts.TypeFlags.Instantiable) {
      const constraint = this.checker.getBaseConstraintOfType(type);
      if (constraint && constraint !== type) return this.print(constraint, place);
    }
    return single('unknown');
  }

  /** Prints `any`, or reports it. A type that cannot be found is `any` to TypeScript. */
  private printAny(type: ts.Type, place: Place): Printed {
    const { intrinsicName } = type as ts.Type & { readonly intrinsicName?: string };
    if (intrinsicName !== 'error') return single('any');
    return refused(place, 'has a type that cannot be found; npx tsc --noEmit says why');
  }

  private printEnum(type: ts.Type, place: Place): Printed {
    const members = type.isUnion() ? type.types : [];
    // Members whose values are computed are numbers.
    if (members.length === 0) return single('number');
    const texts = members.map((member) => this.printDefined(member, place).text);
    return { text: texts.join(' | '), kind: texts.length > 1 ? 'union' : 'single' };
  }

  private printObject(type: ts.Type, place: Place): Printed {
    if (type.isIntersection()) {
      const primitive = type.types.find(({ flags }) => flags & PRIMITIVE);
      if (primitive) return this.printBranded(type, primitive, place);
    }
    if (this.library.isBinary(type)) return single(this.binary);
    const refusal = this.library.refusal(type);
    if (refusal !== undefined) return refused(place, refusal);
    const boxed = this.library.boxedPrimitive(type);
    if (boxed !== undefined) return single(boxed);
    if (this.library.isStream(type))
      return refused(place, 'is a stream, which is sent only as the whole result; return it alone');
    if (isCallable(type)) return refused(place, 'is a function, which cannot be sent; leave it out');
    return this.printNamed(type, place, () => this.bodyOf(type, place));
  }

  /**
   * Prints the primitive of a branded type. A brand is not sent. `string & {}`, which keeps an editor's suggestions beside
   * any string, stays.
   */
  private printBranded(type: ts.IntersectionType, primitive: ts.Type, place: Place): Printed {
    const printed = this.printDefined(primitive, place);
    const isHint =
      printed.text === 'string' &&
      type.types.every((part) => part === primitive || this.checker.getPropertiesOfType(part).length === 0);
    return isHint ? single(`(${printed.text} & {})`) : printed;
  }

  private bodyOf(type: ts.Type, place: Place): Body {
    if (this.checker.isTupleType(type))
      return { type: printTuple(this.checker, this, type as ts.TypeReference, place) };
    if (this.checker.isArrayLikeType(type)) {
      const item = this.checker.getIndexTypeOfType(type, ts.IndexKind.Number);
      const isReadonly = type.getSymbol()?.name === 'ReadonlyArray';
      return { type: arrayOf(item ? this.print(item, place.at('[]')) : single('unknown'), isReadonly) };
    }
    const asJson = this.typeAsJson(type);
    if (!asJson) return { members: this.members.of(type, place) };
    // JSON calls `toJSON` once: what it returns may have one, too.
    const isPlain = asJson.flags & ts.TypeFlags.Object && this.typeAsJson(asJson);
    return isPlain ? { members: this.members.of(asJson, place) } : { type: this.print(asJson, place) };
  }

  private typeAsJson(type: ts.Type): ts.Type | undefined {
    const method = this.checker.getPropertyOfType(type, 'toJSON');
    const [signature] = method
      ? this.checker.getSignaturesOfType(this.checker.getTypeOfSymbol(method), ts.SignatureKind.Call)
      : [];
    return signature && this.checker.getReturnTypeOfSignature(signature);
  }

  /** Declares a type that has a name, and returns the name; prints another one where it stands. */
  private printNamed(type: ts.Type, place: Place, body: () => Body): Printed {
    const identity = this.identityOf(type);
    if (!identity) return this.printAnonymous(type, place, body);
    const known = this.names.find(identity.key);
    if (known !== undefined) return single(known);
    if (this.isEndless(identity)) return refused(place, 'is nested without end; give data of a fixed shape');
    const name = this.names.reserve(identity.key, identity.wanted);
    this.declare(identity, name, this.deeper(body));
    return single(name);
  }

  /**
   * Returns under which name a type is declared. A class that looks different in payloads has a name for what is received,
   * and one for what is sent.
   */
  private identityOf(type: ts.Type): Identity | undefined {
    const identity = this.identity.of(type);
    const differs = identity && this.receiving?.classes.differs(type);
    return differs ? { ...identity, key: `${identity.key} received` } : identity;
  }

  private printAnonymous(type: ts.Type, place: Place, body: () => Body): Printed {
    if (!type.isUnion() && this.open.has(type)) {
      const identity = this.identity.ofAnonymous(type);
      const name = this.open.get(type) ?? this.names.reserve(identity.key, identity.wanted);
      this.open.set(type, name);
      return single(name);
    }
    if (this.depth > MAX_DEPTH) return refused(place, 'is nested without end; give data of a fixed shape');
    this.open.set(type, undefined);
    const printed = this.deeper(body);
    const name = this.open.get(type);
    this.open.delete(type);
    if (name === undefined) return 'type' in printed ? printed.type : single(inBraces(printed.members));
    this.declare(this.identity.ofAnonymous(type), name, printed);
    return single(name);
  }

  private isEndless({ key }: Identity): boolean {
    return this.depth > MAX_DEPTH || key.length > MAX_KEY_LENGTH || this.names.size > MAX_NAMED_TYPES;
  }

  private deeper<T>(print: () => T): T {
    this.depth++;
    try {
      return print();
    } finally {
      this.depth--;
    }
  }

  private declare({ key, declarations }: Identity, name: string, body: Body): void {
    const text =
      'members' in body
        ? `export interface ${name} ${inLines(body.members)}`
        : `export type ${name} = ${body.type.text};`;
    this.names.declare(key, docOf(declarations) + text);
  }
}

const ABSENT = ts.TypeFlags.Undefined | ts.TypeFlags.Void;

const PRIMITIVE =
  ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.BigIntLike;

const PRINTED_AS_IT_IS =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.Null |
  ts.TypeFlags.Never |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.NonPrimitive;

function refused(place: Place, what: string): Printed {
  place.refuse(what);
  return single('unknown');
}

function isCallable(type: ts.Type): boolean {
  return type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;
}
