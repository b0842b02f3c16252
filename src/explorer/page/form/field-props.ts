import type { Schema, Schemas } from '../contract/schema';
import type { Problems } from './problems';

/** The properties of every field of a form. */
export interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly schema: Schema;
  readonly schemas: Schemas;
  /** The path of the value in the payload, as the gateway names it. */
  readonly path: string;
  readonly isRequired: boolean;
  readonly value: unknown;
  readonly problems: Problems;
  /** @param value undefined leaves the value out */
  readonly onChange: (value: unknown) => void;
  /** Takes the field away; undefined if it stays. */
  readonly onRemove?: (() => void) | undefined;
}
