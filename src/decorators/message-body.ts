import type { MessageBodyOptions } from '../types';
import { argument, type HandlerParameterDecorator } from './record-argument';

/**
 * Injects an argument of the event, checked against its type: that of the parameter, as TypeScript has emitted it, or the
 * option `type`. A class is made by class-transformer and checked by class-validator; `String`, `Number` and `Boolean` are
 * type-checked. A parameter of which nothing says what it is does not compile.
 *
 * @param index which argument, from 0. Default: 0, the same as `ctx.params`
 * @param options `type`: a class, `[Item]`, `Number`, … or a schema, where the type of the parameter does not say it.
 *   `optional: true`: the client may leave it out, or send null. `unchecked: true`: it is taken as it comes.
 * @throws DeclarationError when the class is compiled
 * @example
 * @SocketEvent('message')
 * send(@MessageBody() message: NewMessage) { … }
 *
 * @SocketEvent('list')
 * list(@MessageBody() room: string, @MessageBody(1, { type: Number, optional: true }) limit?: number) { … }
 */
export function MessageBody(index?: number, options?: MessageBodyOptions): HandlerParameterDecorator;
/**
 * Injects the first argument of the event, the same as `ctx.params`.
 *
 * @param options `type`, `optional` and `unchecked`
 * @example
 * @SocketEvent('import')
 * import(@MessageBody({ type: [Article] }) articles: Article[]) { … }
 */
export function MessageBody(options: MessageBodyOptions): HandlerParameterDecorator;
export function MessageBody(
  first?: number | MessageBodyOptions,
  second?: MessageBodyOptions,
  ...applied: []
): HandlerParameterDecorator {
  const onlyOptions = typeof first === 'object' && first !== null && second === undefined;
  return argument(
    '@MessageBody()',
    {
      from: 'body',
      index: onlyOptions || first === undefined ? 0 : (first as number),
      options: onlyOptions ? first : second,
    },
    [first, second, ...applied],
  );
}
