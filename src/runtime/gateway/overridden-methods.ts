import type { GatewayService, OverriddenMethods } from '../model';
import { socketGetMeta, socketSaveMeta } from '../user/socket-methods';

interface WithMethods {
  readonly methods?: Readonly<Record<string, unknown>>;
}

/** Finds the methods that the application has overridden. */
export function findOverrides(service: GatewayService): OverriddenMethods {
  const { methods = {} } = service.schema as WithMethods;
  const isOverridden = (name: string, usual: unknown): boolean =>
    methods[name] !== undefined && methods[name] !== usual;
  const { methods: ownMethods = {} } = service.originalSchema as WithMethods;
  return {
    meta: isOverridden('socketGetMeta', socketGetMeta),
    saveMeta: isOverridden('socketSaveMeta', socketSaveMeta),
    reformatError: ownMethods['reformatError'] !== undefined,
  };
}
