import { BadRequestError } from '../errors';

/** Returns moleculer-io's error 400. Its text and type differ from those of moleculer-web, which this library has. */
export function badRequest(): Error {
  return Object.assign(new BadRequestError('ERR_INVALID_FORMAT'), { message: 'Bad Request' });
}
