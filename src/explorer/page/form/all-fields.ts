import { AnyField } from './any-field';
import { registerFields } from './field';
import { JsonField } from './json-field';
import { ListField, TupleField } from './list-field';
import { ObjectField } from './object-field';
import {
  BytesField,
  ChoiceField,
  DateField,
  DateTimeField,
  NumberField,
  SwitchField,
  TextField,
} from './simple-fields';

registerFields({
  object: ObjectField,
  list: ListField,
  tuple: TupleField,
  choice: ChoiceField,
  text: TextField,
  'text-or-json': AnyField,
  number: NumberField,
  switch: SwitchField,
  date: DateField,
  'date-time': DateTimeField,
  bytes: BytesField,
  json: JsonField,
});
