import { expect } from 'chai';
import {
  ArrayUnique,
  buildMessage,
  IsIn,
  IsString,
  MinLength,
  registerDecorator,
  ValidateBy,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { schemaOf } from '../../src/contract/schemas/payload-schema';
import { SchemaRegistry } from '../../src/contract/schemas/schema-registry';

type Decorator = (prototype: object, property: string) => void;

/** Returns the schema of a property, and whether it must be there. */
function describeProperty(...decorators: Decorator[]) {
  class Body {
    text!: unknown;
  }
  for (const decorate of decorators) decorate(Body.prototype, 'text');
  const registry = new SchemaRegistry();
  schemaOf(Body, { registry, validation: { whitelist: true }, direction: 'received' }, 'body');
  const { properties = {}, required = [] } = registry.schemas['Body']!;
  return { schema: properties['text'], isRequired: required.includes('text') };
}

@ValidatorConstraint({ name: 'minLength' })
class MinWords implements ValidatorConstraintInterface {
  validate(value: unknown) {
    return String(value).split(' ').length > 2;
  }
}

const byFunction =
  (name: string, validate: (value: unknown) => boolean | Promise<boolean>, defaultMessage?: () => string) =>
  (prototype: object, propertyName: string): void =>
    registerDecorator({
      name,
      target: prototype.constructor,
      propertyName,
      validator: { validate, ...(defaultMessage && { defaultMessage }) },
    });

const IN_PLACE: Record<string, Decorator> = {
  'a function without a message': byFunction('isString', (value) => value === 'a'),
  'a function with the message of the built-in': byFunction(
    'isString',
    (value) => typeof value === 'string' && value !== 'a',
    () => '$property must be a string',
  ),
  'a promise': byFunction(
    'isString',
    (value) => Promise.resolve(typeof value === 'string'),
    () => '$property must be a string',
  ),
  'a function that throws': byFunction(
    'isInt',
    () => {
      throw new Error('no');
    },
    () => '$property must be an integer number',
  ),
  ValidateBy: ValidateBy({
    name: 'isBoolean',
    validator: {
      validate: (value) => value === true,
      defaultMessage: buildMessage((prefix) => `${prefix}$property must be a boolean value`),
    },
  }),
  'a class': (prototype, propertyName) =>
    registerDecorator({
      name: 'minLength',
      target: prototype.constructor,
      propertyName,
      constraints: [2],
      validator: MinWords,
    }),
  'an identifier that the built-in keeps to itself': ArrayUnique((one: { id: number }) => one.id),
};

describe('constraints of applications', () => {
  for (const [what, decorator] of Object.entries(IN_PLACE)) {
    it(`are noted, whatever their names: ${what}`, () => {
      const { schema, isRequired } = describeProperty(decorator);
      expect(schema).to.have.keys('description');
      expect(schema!.description).to.match(/^Checked by '\w+', a constraint of the application\.$/);
      expect(isRequired).to.equal(false);
    });
  }

  it('do not hide what built-in ones say', () => {
    const { schema, isRequired } = describeProperty(
      IsString({ message: 'own words' }),
      byFunction('maxLength', (value) => String(value).length < 5),
      MinLength(2, { each: false, message: () => 'own words' }),
    );
    expect(schema).to.deep.equal({
      type: 'string',
      minLength: 2,
      description: "Checked by 'maxLength', a constraint of the application.",
    });
    expect(isRequired).to.equal(true);
  });

  it('are not seen in built-in ones with options', () => {
    const noted = [
      IsString({ each: true }),
      IsIn(['a', 5], { each: true }),
      ArrayUnique({ message: 'own words' }),
    ].map((decorator) => describeProperty(decorator as Decorator).schema?.description);
    expect(noted).to.deep.equal([undefined, undefined, undefined]);
  });
});
