import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Argument } from '../contract/contract';
import { resolveSchema } from '../contract/resolve-schema';
import type { Schemas } from '../contract/schema';
import './all-fields';
import { Field } from './field';
import { problemText } from './field-frame';
import { fieldKind } from './field-kind';
import { Members } from './object-field';
import type { Problems } from './problems';

interface Props {
  readonly args: readonly Argument[];
  readonly schemas: Schemas;
  readonly values: readonly unknown[];
  readonly problems: Problems;
  readonly onChange: (values: readonly unknown[]) => void;
}

/** Renders the fields of all arguments of an event. The members of a single object have no frame. */
export function ArgumentsForm({ args, schemas, values, problems, onChange }: Props): VNode {
  const fields = args.map(({ schema, isOptional }, index) => {
    const field = fieldKind(schema, schemas);
    const isOnly = args.length === 1;
    const props = {
      key: index,
      id: `argument-${index}`,
      label: isOnly ? 'Payload' : labelOf(args, index, schemas),
      schema,
      schemas,
      path: '',
      isRequired: !isOptional,
      value: values[index],
      problems,
      onChange: (value: unknown) => {
        onChange(args.map((_arg, at) => (at === index ? value : values[at])));
      },
    };
    if (!isOnly || field.kind !== 'object') return html`<${Field} ...${props} />`;
    return html`${problemText('argument-0-problem', problems.get('') ?? [])}
      <${Members} ...${props} properties=${field.properties} />`;
  });
  return html`<div class="fields">${fields}</div>`;
}

function labelOf(args: readonly Argument[], index: number, schemas: Schemas): string {
  const schema = args[index]?.schema ?? {};
  const { name, schema: resolved } = resolveSchema(schema, schemas);
  return resolved.title ?? name ?? `Argument ${index + 1}`;
}
