import ts from 'typescript';
import type { Place } from '../wire/place';
import { inBraces, propertyName } from '../wire/printed';
import type { SentDescription } from './description';
import type { Reading } from './reading';

/** A gateway that may show its users. */
export interface ShowingClass {
  /** The name of its interface. */
  readonly name: string;
  readonly className: string;
  readonly node: ts.ClassLikeDeclaration;
  readonly type: ts.Type;
  /** The option `presence` of `@SocketNamespace`. */
  readonly presence: ts.Expression | undefined;
}

/** The event that clients get of users. */
export const PRESENCE_EVENT = 'presence';

/** The type of info and meta that are not declared. */
const UNKNOWN = 'unknown';

/**
 * Reads the event that clients get because of the option `presence`: its info is that of `SocketGateway<ToClient, User, { info; meta }>`,
 * else what `of` returns.
 *
 * @returns undefined if clients are told nothing
 */
export function readPresence(reading: Reading, gateway: ShowingClass): SentDescription | undefined {
  const { constants, run } = reading;
  const { name, className, node, presence } = gateway;
  if (!presence) return undefined;
  const notify = constants.propertyOf(presence, 'notify');
  if (notify && constants.valueOf(notify)?.value === false) return undefined;
  const place = reading.placeOf(node.name ?? node, className, `its event '${PRESENCE_EVENT}' to clients`);
  const declared = declaredTypes(reading.checker, gateway.type);
  const info = declared.info
    ? reading.wire.print(declared.info, place.at('.info')).text
    : infoOf(reading, presence, place);
  const meta = declared.meta ? reading.wire.print(declared.meta, place.at('.meta')).text : UNKNOWN;
  const key = `presence of ${name}`;
  const user = run.names.reserve(key, `${name}User`);
  run.names.declare(
    key,
    `/** A user in a room, once, however many devices. */\nexport interface ${user} ${inBraces([
      'id: number | string',
      `info: ${info}`,
      `devices: { socketId: string; since: number; meta?: ${meta} }[]`,
    ])}`,
  );
  return {
    name: PRESENCE_EVENT,
    doc: '/** The users of a room when the client enters it, then changes. */\n',
    parameters: `message: { room: string; state: ${user}[] } | { room: string; joins: ${user}[]; leaves: ${user}[]; updates: ${user}[] }`,
  };
}

/** Returns the types of the third type argument of `SocketGateway`, as `this.presence` has them. */
function declaredTypes(checker: ts.TypeChecker, gateway: ts.Type): { info?: ts.Type; meta?: ts.Type } {
  const presence = checker.getPropertyOfType(gateway, PRESENCE_EVENT);
  const type = presence && checker.getTypeOfSymbol(presence);
  const [types] = type ? checker.getTypeArguments(type as ts.TypeReference) : [];
  if (!types) return {};
  const memberOf = (member: string): ts.Type | undefined => {
    const property = checker.getPropertyOfType(types, member);
    const found = property && checker.getNonNullableType(checker.getTypeOfSymbol(property));
    // The default says nothing.
    const isKnown =
      found && !(found.flags & (ts.TypeFlags.NonPrimitive | ts.TypeFlags.Unknown | ts.TypeFlags.Any));
    return isKnown ? found : undefined;
  };
  const [info, meta] = [memberOf('info'), memberOf('meta')];
  return { ...(info && { info }), ...(meta && { meta }) };
}

/** Returns the type of what the option `of` returns, without `id`. */
function infoOf(reading: Reading, presence: ts.Expression, place: Place): string {
  const { checker, constants, wire } = reading;
  const type = checker.getTypeAtLocation(constants.definitionOf(presence) ?? presence);
  const property = checker.getPropertyOfType(type, 'of');
  // By default, users are shown by their ids.
  if (!property) return '{}';
  const signature = checker.getNonNullableType(checker.getTypeOfSymbol(property)).getCallSignatures().at(-1);
  const shown = signature && checker.getNonNullableType(checker.getReturnTypeOfSignature(signature));
  if (!shown || !(shown.flags & ts.TypeFlags.Object)) return UNKNOWN;
  const members = checker.getPropertiesOfType(shown).flatMap((member) => {
    if (member.name === 'id') return [];
    const inner = place.at(`.${member.name}`, member.valueDeclaration);
    const { printed, mayBeAbsent } = wire.printPresent(checker.getTypeOfSymbol(member), inner);
    const mark = mayBeAbsent || member.flags & ts.SymbolFlags.Optional ? '?' : '';
    return printed ? [`${propertyName(member.name)}${mark}: ${printed.text}`] : [];
  });
  return inBraces(members);
}
