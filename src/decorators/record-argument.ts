import type { ArgumentSource } from '../metadata/facts';
import { recordMember } from '../metadata/storage';
import type { GatewayShape } from '../types';
import { placeDecorator } from './place-decorator';

/** A decorator of a parameter of a method; on a constructor it does not compile. */
export type HandlerParameterDecorator = (
  target: GatewayShape,
  member: string | symbol,
  index: number,
) => void;

/**
 * Makes the decorator that records where a parameter's value comes from.
 *
 * @param decorator as users write it: `'@Ctx()'`
 * @param given all arguments of the factory
 * @throws DeclarationError if the parentheses are missing
 */
export function argument(
  decorator: string,
  source: ArgumentSource,
  given: readonly unknown[],
): HandlerParameterDecorator {
  return placeDecorator(decorator, ['parameter'], given, (target, member, index) => {
    recordMember(target, String(member), { kind: 'argument', index: index as number, decorator, source });
  });
}
