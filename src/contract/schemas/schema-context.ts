import type { ValidationOptions } from '../../types';
import type { SchemaRegistry } from './schema-registry';

/** The context in which schemas are created. */
export interface SchemaContext {
  readonly registry: SchemaRegistry;
  /** The validation options of the gateway. */
  readonly validation: ValidationOptions;
  /** Whether the gateway takes the values, or sends them. Both ways, a date is a text; what is converted differs. */
  readonly direction: 'received' | 'sent';
}
