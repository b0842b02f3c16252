import type { AuthenticateOptions } from '../types';
import { methodPlan } from './compile-methods';
import type { MemberDeclaration } from './inherit-facts';
import type { AuthenticationPlan, ServicePlan } from '../plan/plan';
import type { Problems } from './problems';
import { didYouMean } from './similar-names';
import { socketAuthorizeOf } from './socket-authorize';

/** Finds the method that turns a socket into a user. */
export function compileAuthentication(
  members: readonly MemberDeclaration[],
  service: ServicePlan,
  problems: Problems,
): AuthenticationPlan | undefined {
  const decorated = members.filter((member) => member.roles.some((fact) => fact.kind === 'authenticate'));
  const [first, second] = decorated;
  if (first && second)
    problems.add(second.name, `@Authenticate stands on '${first.name}' too; a gateway has one such method`);
  if (!first) return socketAuthorizeOf(service);
  const method = methodPlan(first, '@Authenticate()', problems);
  const given: unknown = first.roles.find((role) => role.kind === 'authenticate')?.options;
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (!isObject) {
    problems.add(
      first.name,
      `the options of @Authenticate must be an object: @Authenticate({ ${AUTHENTICATE_OPTIONS.room} })`,
    );
  }
  const options: AuthenticateOptions = isObject ? given : {};
  for (const [name, value] of Object.entries(options)) {
    if (!isAuthenticateOption(name)) {
      const hint = didYouMean(name, Object.keys(AUTHENTICATE_OPTIONS)) || '; there are room and expiresAt';
      problems.add(first.name, `@Authenticate has no option ${name}${hint}`);
    } else if (value !== undefined && typeof value !== 'function') {
      problems.add(
        first.name,
        `${name} must be a function of the user: @Authenticate({ ${AUTHENTICATE_OPTIONS[name]} })`,
      );
    }
  }
  return method && { method, room: options.room, expiresAt: options.expiresAt };
}

/** The options of `@Authenticate`, each with an example. */
const AUTHENTICATE_OPTIONS = {
  room: "room: (user) => 'user:' + user.id",
  expiresAt: 'expiresAt: (user) => user.validUntil',
} as const;

function isAuthenticateOption(name: string): name is keyof typeof AUTHENTICATE_OPTIONS {
  return Object.hasOwn(AUTHENTICATE_OPTIONS, name);
}
