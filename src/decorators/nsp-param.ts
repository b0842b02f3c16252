import { argument, type HandlerParameterDecorator } from './record-argument';

/**
 * Injects a parameter of a dynamic namespace: `tenantId` of `/tenants/:tenantId`.
 *
 * @param name the name of it
 */
export function NspParam(name: string, ...applied: []): HandlerParameterDecorator {
  return argument('@NspParam()', { from: 'nspParam', name }, [name, ...applied]);
}
