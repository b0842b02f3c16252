import { html } from 'htm/preact';
import type { ComponentType, VNode } from 'preact';
import { fieldKind, type FieldKind } from './field-kind';
import type { FieldProps } from './field-props';

const fields = new Map<string, unknown>();

/** Registers the component of each kind of field. Fields contain fields: they find each other here. */
export function registerFields(components: {
  [Kind in FieldKind['kind']]: ComponentType<FieldProps & Omit<Extract<FieldKind, { kind: Kind }>, 'kind'>>;
}): void {
  for (const [kind, component] of Object.entries(components)) fields.set(kind, component);
}

/** Renders the field for a schema. */
export function Field(props: FieldProps): VNode {
  const { kind, ...rest } = fieldKind(props.schema, props.schemas);
  return html`<${fields.get(kind)} ...${props} ...${rest} />`;
}
