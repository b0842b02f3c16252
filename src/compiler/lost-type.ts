/** The values that TypeScript emits for types that do not exist at run time, with the reason. */
const UNINFORMATIVE: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [
    Object,
    'as `Object`: an interface, a union (`Dto | undefined` too), any, a parameter without a type, or, by swc and ' +
      'transpile-only, a class of an `import type` or of a circular import',
  ],
  [Array, 'as `Array`, without the type of its items'],
  [Function, 'as `Function`: a class of an `import type`; import it without `type`'],
  [Promise, 'as `Promise`, which no client can send'],
  [Map, 'as `Map`, which no client can send'],
  [Set, 'as `Set`, which no client can send'],
  [
    undefined,
    'as undefined: a class that is declared further down in its file, or a circular import; move the class up, or ' +
      'into a file of its own',
  ],
]);

/** Returns true if an emitted type says what the value is. */
export function isInformative(emitted: unknown): boolean {
  return !UNINFORMATIVE.has(emitted);
}

/**
 * Says why the type of a parameter is not known, and what to write.
 *
 * @param emitted the types of all parameters, as TypeScript has emitted them; undefined in a build that emits none
 * @param parameter the position of the parameter, from 0
 * @param body which argument of the event it is, from 0
 */
export function lostType(emitted: readonly unknown[] | undefined, parameter: number, body: number): string {
  const type = emitted?.[parameter];
  const position = body === 0 ? '' : `${body}, `;
  const cause = emitted
    ? `its type is emitted ${UNINFORMATIVE.get(type) ?? ''}`
    : 'this build emits no types of parameters (tsx, esbuild and vitest 3 never do; tsc and swc only with emitDecoratorMetadata)';
  const example = type === Array ? '[Item]' : 'NewMessage';
  return (
    `parameter ${parameter + 1} is not described, so it cannot be checked: ${cause}. Write ` +
    `@MessageBody(${position}{ type: ${example} }), with a class, [Item], Number, … or a schema` +
    (body === 0 ? ', or the option payload or params of @SocketEvent' : '') +
    `; to take it as it comes, write @MessageBody(${position}{ unchecked: true })`
  );
}
