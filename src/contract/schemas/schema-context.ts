import type { ValidationOptions } from '../../types';
import type { SchemaRegistry } from './schema-registry';

/** What schemas are made with. */
export interface SchemaContext {
  readonly registry: SchemaRegistry;
  /** How the gateway validates payloads. */
  readonly validation: ValidationOptions;
  /** Whether the gateway takes the values, or sends them. Both ways, a date is a text; what is converted differs. */
  readonly direction: 'received' | 'sent';
}
