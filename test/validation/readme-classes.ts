import 'reflect-metadata';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import {
  ArrayMinSize,
  Contains,
  IsBoolean,
  IsDate,
  IsDefined,
  IsEmail,
  IsFQDN,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxDate,
  MaxLength,
  Min,
  MinLength,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { ValidationOptions } from '../../src';

/*
 * Classes after the examples in the READMEs of class-validator and class-transformer, and payloads for them.
 */

type Class = new () => object;

/** One class, and payloads that are made anew for everybody who looks at them. */
export interface Example {
  readonly title: string;
  readonly type: Class;
  readonly payloads: () => readonly object[];
  readonly options?: ValidationOptions;
  /** Whether its valid payloads pass without the libraries. */
  readonly isCompiled: boolean;
}

class Post {
  @Length(10, 20)
  title!: string;
  @Contains('hello')
  text!: string;
  @IsInt()
  @Min(0)
  @Max(10)
  rating!: number;
  @IsEmail()
  email!: string;
  @IsFQDN()
  site!: string;
  @IsDate()
  @Type(() => Date)
  createDate!: Date;
}
const post = {
  title: 'Hello, world',
  text: 'this is hello',
  rating: 5,
  email: 'a@b.example.org',
  site: 'example.org',
  createDate: '2030-01-01',
};

class BaseContent {
  @IsEmail()
  email!: string;
  @IsString()
  password!: string;
}
class User extends BaseContent {
  @MinLength(10)
  @MaxLength(20)
  name!: string;
  @Contains('hello')
  welcome!: string;
  @MinLength(20)
  override password = '';
}

class Profile {
  otherProperty!: string;
  @ValidateIf((o: Profile) => o.otherProperty === 'value')
  @IsNotEmpty()
  example!: string;
}

class Tags {
  @MaxLength(20, { each: true })
  tags!: Set<string> | string[] | Map<string, string>;
}

class Groups {
  @Min(12, { groups: ['registration'] })
  age!: number;
  @Length(2, 20, { groups: ['registration', 'admin'] })
  name!: string;
  @IsBoolean({ always: true })
  agreed!: boolean;
}

@ValidatorConstraint({ name: 'customText', async: false })
class CustomTextLength implements ValidatorConstraintInterface {
  validate(text: string, args: ValidationArguments) {
    const [min, max] = args.constraints as [number, number];
    return text.length > min && text.length < max;
  }
  defaultMessage() {
    return 'Text ($value) is too short or too long!';
  }
}
class CustomText {
  @Validate(CustomTextLength, [3, 20], { message: 'Wrong post title: $constraint1 to $constraint2' })
  title!: string;
}

function IsLongerThan(property: string) {
  return (object: object, propertyName: string) => {
    registerDecorator({
      name: 'isLongerThan',
      target: object.constructor,
      propertyName,
      constraints: [property],
      validator: {
        validate(value: string, args: ValidationArguments) {
          const related = (args.object as Record<string, string>)[args.constraints[0] as string]!;
          return value.length > related.length;
        },
      },
    });
  };
}
class Longer {
  @IsString()
  title!: string;
  @IsLongerThan('title')
  text!: string;
}

class Promised {
  @IsString()
  @ValidatePromise()
  title!: Promise<string>;
}

class Plan {
  @IsString({ context: { errorCode: 1003, developerNote: 'must be a string' } })
  name!: string;
  @IsIn(['a', 'b'])
  @IsOptional()
  kind?: string;
  @MaxDate(new Date('2040-01-01'))
  @Type(() => Date)
  until!: Date;
}

class Photo {
  @IsInt()
  id!: number;
  @IsString()
  filename!: string;
}
class Landscape extends Photo {
  @IsString()
  panorama!: string;
}
class Portrait extends Photo {
  @IsString()
  person!: string;
}
class Album {
  @IsInt()
  id!: number;
  @IsString()
  name!: string;
  @ValidateNested({ each: true })
  @ArrayMinSize(1)
  @Type(() => Photo)
  photos!: Photo[];
}
class Gallery {
  @ValidateNested({ each: true })
  @Type(() => Photo, {
    discriminator: {
      property: '__type',
      subTypes: [
        { value: Landscape, name: 'landscape' },
        { value: Portrait, name: 'portrait' },
      ],
    },
    keepDiscriminatorProperty: true,
  })
  topPhoto!: Photo | Photo[];
}
class Collections {
  @IsDefined()
  @Type(() => Photo)
  byName!: Map<string, Photo>;
  @IsOptional()
  @Type(() => Photo)
  all?: Set<Photo>;
}

class Account {
  @Expose({ name: 'uid' })
  @IsInt()
  id!: number;
  @Exclude()
  @IsOptional()
  @IsString()
  password?: string;
  @Expose({ groups: ['user', 'admin'] })
  @IsOptional()
  @IsEmail()
  email?: string;
  @Expose({ since: 0.7, until: 1 })
  @IsOptional()
  @IsString()
  legacy?: string;
  @Type(() => String)
  @IsString()
  age!: string;
}

@Exclude()
class OnlyExposed {
  @Expose()
  @IsInt()
  id!: number;
  @Expose()
  @IsOptional()
  @IsString()
  name?: string;
  @IsOptional()
  @IsString()
  password?: string;
}

class Trimmed {
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @IsNotEmpty()
  name!: string;
}

class Implicit {
  @IsNumber()
  age!: number;
  @IsString()
  name!: string;
  @IsBoolean()
  isActive!: boolean;
  @IsDate()
  at!: Date;
  @IsString({ each: true })
  tags!: string[];
}

class Defaults {
  @IsInt()
  page = 1;
  @IsOptional()
  @IsString()
  order?: string = 'asc';
  hidden = 'not declared';
}

class Accessors {
  @IsString()
  name!: string;
  get loud() {
    return this.name.toUpperCase();
  }
  set quiet(value: string) {
    this.name = value.toLowerCase();
  }
  shout() {
    return `${this.name}!`;
  }
}

class Tree {
  @Matches(/^\w+$/)
  name!: string;
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Tree)
  children?: Tree[];
}

const photo = { id: 1, filename: 'a.jpg' };

export const EXAMPLES: readonly Example[] = [
  {
    title: 'a class with constraints',
    type: Post,
    payloads: () => [post, { ...post, text: '' }, { ...post, rating: 11 }, { ...post, createDate: 'x' }, {}],
    isCompiled: true,
  },
  {
    title: 'a class that extends another',
    type: User,
    payloads: () => [
      { email: 'a@example.org', password: 'p'.repeat(20), name: 'Ada Lovelace', welcome: 'hello' },
      { email: 'a', password: 'p', name: 'A', welcome: '' },
      { email: 'a@example.org', password: 5 },
    ],
    isCompiled: true,
  },
  {
    title: 'a condition',
    type: Profile,
    payloads: () => [
      { otherProperty: 'value' },
      { otherProperty: 'x' },
      { otherProperty: 'value', example: 'y' },
    ],
    isCompiled: false,
  },
  {
    title: 'arrays, sets and maps',
    type: Tags,
    payloads: () => [{ tags: ['a', 'b'] }, { tags: ['a'.repeat(21), 'b'] }, { tags: [] }, { tags: 'a' }, {}],
    isCompiled: true,
  },
  {
    title: 'arrays, sets and maps that no client can send',
    type: Tags,
    payloads: () => [
      { tags: new Set(['a']) },
      { tags: new Map([['a', 'a'.repeat(21)]]) },
      { tags: new Set() },
    ],
    isCompiled: false,
  },
  ...[['registration'], ['admin'], ['admin', 'registration'], ['other'], [], undefined].flatMap((groups) =>
    [true, false].map((strictGroups): Example => ({
      title: `groups ${JSON.stringify(groups)}${strictGroups ? ', strictly' : ''}`,
      type: Groups,
      payloads: () => [
        { age: 12, name: 'Ada', agreed: true },
        { age: 5, name: 'Ada', agreed: true },
        { name: '' },
        {},
      ],
      options: { whitelist: true, strictGroups, ...(groups && { groups }) },
      isCompiled: true,
    })),
  ),
  {
    title: 'a constraint class',
    type: CustomText,
    payloads: () => [{ title: 'abcdef' }, { title: 'a' }, {}],
    isCompiled: false,
  },
  {
    title: 'a decorator of the application',
    type: Longer,
    payloads: () => [{ title: 'a', text: 'abc' }, { title: 'abc', text: 'a' }, { title: 'a' }],
    isCompiled: false,
  },
  {
    title: 'a promise',
    type: Promised,
    payloads: () => [{ title: Promise.resolve('a') }, { title: Promise.resolve(5) }, { title: 'a' }, {}],
    isCompiled: false,
  },
  {
    title: 'a context and a date',
    type: Plan,
    payloads: () => [
      { name: 'a', until: '2030-01-01' },
      { name: 5, kind: 'c', until: '2050-01-01' },
      { name: 'a', kind: null, until: 0 },
    ],
    isCompiled: true,
  },
  ...[{}, { whitelist: true }, { whitelist: true, forbidNonWhitelisted: true }].map((options): Example => ({
    title: `nested arrays, ${JSON.stringify(options)}`,
    type: Album,
    payloads: () => [
      { id: 1, name: 'a', photos: [photo, photo] },
      { id: 1, name: 'a', photos: [{ ...photo, size: 5 }], size: { deep: [1] } },
      { id: 1, name: 'a', photos: [] },
      { id: 1, name: 'a', photos: [null, 5, 'x', undefined, []] },
      { id: 1, name: 'a', photos: photo },
      { id: 1, name: 'a', photos: null },
    ],
    options,
    isCompiled: true,
  })),
  ...[{ skipNullProperties: true }, { skipMissingProperties: true }].map((options): Example => ({
    title: `nested arrays in which something is missing, ${JSON.stringify(options)}`,
    type: Album,
    payloads: () => [
      { id: 1, name: 'a', photos: [photo, null, undefined, photo] },
      { id: 1, name: 'a', photos: [[photo, null], photo] },
      { id: 1, name: null, photos: [null] },
      { id: 1, name: 'a', photos: [null, 5] },
      { id: 1, name: 'a', photos: null },
    ],
    options,
    isCompiled: true,
  })),
  {
    title: 'a discriminator',
    type: Gallery,
    payloads: () => [
      { topPhoto: { __type: 'portrait', ...photo, person: 'Ada' } },
      { topPhoto: [{ __type: 'landscape', ...photo }, photo] },
      { topPhoto: { __type: 'other', ...photo } },
    ],
    isCompiled: false,
  },
  {
    title: 'maps and sets',
    type: Collections,
    payloads: () => [
      { byName: { a: photo } },
      { byName: new Map([['a', photo]]), all: [photo] },
      { byName: null },
    ],
    isCompiled: false,
  },
  ...[
    {},
    { groups: ['user'] },
    { groups: ['x'] },
    { version: 0.8 },
    { version: 2 },
    { excludeExtraneousValues: true },
    { ignoreDecorators: true },
  ].map((options): Example => ({
    title: `what is exposed and excluded, ${JSON.stringify(options)}`,
    type: Account,
    payloads: () => [
      { uid: 1, password: 'x', email: 'a@example.org', legacy: 'x', age: 5 },
      { id: 1, age: '5' },
      { uid: 1, id: 2, age: 5, email: 'x' },
      { uid: 1, age: 5, legacy: 'x' },
    ],
    options: { whitelist: true, ...options },
    isCompiled: true,
  })),
  {
    title: 'a class that exposes some',
    type: OnlyExposed,
    payloads: () => [{ id: 1, name: 'a', password: 'x' }, { id: 1 }, { name: 5 }],
    isCompiled: true,
  },
  {
    title: 'a transformation',
    type: Trimmed,
    payloads: () => [{ name: ' a ' }, { name: '  ' }, { name: 5 }, {}],
    isCompiled: false,
  },
  {
    title: 'implicit conversion',
    type: Implicit,
    payloads: () => [
      { age: '5', name: 5, isActive: 'yes', at: '2030-01-01', tags: ['a', 'b'] },
      { age: 'x', name: null, isActive: 0, at: 'x', tags: [{}] },
      { age: '5', name: 5, isActive: true, at: 0, tags: [] },
    ],
    options: { whitelist: true, enableImplicitConversion: true },
    isCompiled: true,
  },
  ...[
    {},
    { exposeDefaultValues: true },
    { exposeUnsetFields: false },
    { skipMissingProperties: true },
    { forbidNonWhitelisted: true },
  ].map((options): Example => ({
    title: `defaults of the class, ${JSON.stringify(options)}`,
    type: Defaults,
    payloads: () => [
      {},
      { page: 2, order: 'desc', hidden: 'mine' },
      { page: undefined },
      { page: null },
      { order: undefined },
    ],
    options: { whitelist: true, ...options },
    isCompiled: true,
  })),
  {
    title: 'accessors and methods',
    type: Accessors,
    payloads: () => [{ name: 'Ada' }, { name: 5 }],
    isCompiled: true,
  },
  {
    title: 'keys that are accessors and methods of the class',
    type: Accessors,
    payloads: () => [
      { name: 'Ada', loud: 'x' },
      { name: 'Ada', quiet: 'X' },
      { name: 'Ada', shout: 'x' },
    ],
    isCompiled: false,
  },
  {
    title: 'a class within itself',
    type: Tree,
    payloads: () => [
      { name: 'a', children: [{ name: 'b', children: [{ name: 'c' }] }, { name: 'd' }] },
      { name: 'a', children: [{ name: '?' }] },
    ],
    isCompiled: true,
  },
];
