import type { ArgumentSource } from '../metadata/facts';
import { recordMember } from '../metadata/storage';
import type { GatewayShape } from '../types';

/** A decorator of a parameter of a method; on a constructor it does not compile. */
export type HandlerParameterDecorator = (
  target: GatewayShape,
  member: string | symbol,
  index: number,
) => void;

/** Makes the decorator that records where a parameter's value comes from. */
export function argument(decorator: string, source: ArgumentSource): HandlerParameterDecorator {
  return (target, member, index) => {
    recordMember(target, { kind: 'argument', member: String(member), index, decorator, source });
  };
}
