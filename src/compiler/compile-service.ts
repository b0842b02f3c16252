import { Service } from 'moleculer';
import { existingRecord } from '../metadata/storage';
import { withoutServer } from '../plan/server-settings';
import type { SocketNamespaceOptions } from '../types';
import { declaredClass, type ClassValue } from './class-chain';
import { checkMixins, mixinsOf } from './mixins';
import type { MethodPlan, ServicePlan } from '../plan/plan';
import type { Problems } from './problems';
import { nameOfService } from './service-name';
import { NAMESPACE_OPTIONS } from './known-options';
import { isPropertyOfService, LIFECYCLE } from './reserved-names';

/** Compiles the Moleculer side of a class: methods, lifecycle, settings, and what moleculer-decorators recorded. */
export function compileService(
  type: ClassValue,
  prototypes: readonly object[],
  options: SocketNamespaceOptions,
  problems: Problems,
): ServicePlan {
  const given = options.name as unknown;
  if (given !== undefined && typeof given !== 'string')
    problems.add(undefined, "the name of the service must be a string: { name: 'chat' }");
  const name = typeof given === 'string' ? given : nameOfService(type.name);
  if (name === '')
    problems.add(
      undefined,
      "a class without a name needs one for its service: @SocketNamespace(path, { name: 'chat' })",
    );
  const methods: Record<string, unknown> = {};
  const lifecycle: Partial<Record<(typeof LIFECYCLE)[number], MethodPlan['call']>> = {};

  for (const prototype of prototypes) {
    for (const [member, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const value: unknown = descriptor.value;
      if (member === 'constructor' || typeof value !== 'function') continue;
      if (isLifecycle(member)) lifecycle[member] = value as MethodPlan['call'];
      else if (isPropertyOfService(member)) {
        problems.add(
          member,
          `'${member}' is a property of every Moleculer service; give the method another name`,
        );
        // Moleculer looks for those that say how a part of the schema is merged on the class.
      } else if (!(member in Service.prototype) && !member.startsWith('mergeSchema')) methods[member] = value;
    }
  }
  for (const turn of LIFECYCLE) {
    if (turn in options)
      problems.add(undefined, `${turn} is a method of the class, not an option: write ${turn}() { … } in it`);
  }

  checkMixins(options, problems);

  const { settings = {} } = options;
  return {
    name,
    isNamedByClass: given === undefined,
    version: options.version,
    settings: withoutServer(settings),
    metadata: { ...options.metadata },
    dependencies: options.dependencies,
    mixins: mixinsOf(options),
    hooks: options.hooks,
    actions: { ...options.actions, ...inheritedParts(prototypes, 'actions') },
    events: { ...options.events, ...inheritedParts(prototypes, 'events') },
    methods: { ...options.methods, ...methods },
    lifecycle,
    others: Object.fromEntries(
      // Modules like @moleculer/channels read parts of the schema that Moleculer does not know.
      Object.entries(options).filter(
        ([option]) => !(NAMESPACE_OPTIONS as readonly string[]).includes(option),
      ),
    ),
  };
}

/** Returns the records of `@Action`, `@Event` and `@Method`. A subclass replaces the members that it overrides. */
function inheritedParts(prototypes: readonly object[], part: 'actions' | 'events'): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  const last = prototypes[prototypes.length - 1] as Record<string, unknown> | undefined;
  for (const prototype of prototypes) Object.assign(merged, existingRecord(prototype)?.parts[part]);
  for (const [member, definition] of Object.entries(merged)) {
    // The definition holds the method of the class it was written in; a subclass may have overridden that.
    const method = last?.[member];
    if (typeof method !== 'function') continue;
    merged[member] =
      typeof definition === 'function' ? method : { ...(definition as object), handler: method };
  }
  return merged;
}

function isLifecycle(member: string): member is (typeof LIFECYCLE)[number] {
  return (LIFECYCLE as readonly string[]).includes(member);
}

/** Returns true if the class is decorated with `@Service` of moleculer-decorators. */
export function isWrappedByService(registered: ClassValue): boolean {
  return existingRecord(declaredClass(registered).prototype)?.wrappedByService ?? false;
}
