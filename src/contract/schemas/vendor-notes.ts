/*
 * Options of libraries that put a note in place of what JSON Schema cannot say. Without them zod, arktype and valibot throw, or
 * leave it out in silence.
 */

const BY_CODE = 'Checked by code, too.';

interface Noted {
  description?: string;
}

function note(schema: Noted, text: string): void {
  schema.description = schema.description === undefined ? text : `${schema.description}\n${text}`;
}

interface ZodNode {
  readonly _zod: {
    readonly def: {
      readonly type: string;
      readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[];
    };
  };
}

/** Types of zod of which nothing arrives over JSON, or which only code decides. */
const UNSAID_BY_ZOD = new Set([
  'bigint',
  'custom',
  'date',
  'file',
  'function',
  'map',
  'nan',
  'promise',
  'set',
  'symbol',
  'transform',
  'undefined',
  'void',
]);

const zodOptions = {
  unrepresentable: 'any',
  override({ zodSchema, jsonSchema }: { zodSchema: ZodNode; jsonSchema: Noted }): void {
    const { type, checks = [] } = zodSchema._zod.def;
    if (UNSAID_BY_ZOD.has(type)) note(jsonSchema, `A ${type} of zod, which JSON Schema cannot say.`);
    // Checks that follow an `overwrite` (`trim`) see the changed value.
    const isByCode = checks.some(({ _zod }) => ['custom', 'overwrite', 'property'].includes(_zod.def.check));
    if (isByCode) note(jsonSchema, BY_CODE);
  },
};

interface ArkContext {
  readonly code: string;
  readonly base: object;
}

const arkOptions = {
  fallback: {
    default: ({ base, code }: ArkContext): object => ({
      ...base,
      description: `Checked by code, too (${code} of arktype).`,
    }),
    defaultValue: ({ base }: ArkContext): object => base,
  },
};

/** Options of `~standard.jsonSchema`, by the name of the library. */
export const NOTES_OF_VENDORS: Readonly<Record<string, Record<string, unknown>>> = {
  zod: zodOptions,
  arktype: arkOptions,
};

interface ValibotContext {
  readonly errors?: unknown;
  readonly jsonSchema: Noted;
  readonly valibotSchema: { readonly type: string };
}

/** Options of @valibot/to-json-schema. */
export const valibotOptions = {
  errorMode: 'ignore',
  overrideSchema({ errors, jsonSchema, valibotSchema }: ValibotContext): object | undefined {
    if (errors === undefined) return undefined;
    return {
      ...jsonSchema,
      description: `A ${valibotSchema.type} of valibot, which JSON Schema cannot say.`,
    };
  },
  overrideAction({ errors, jsonSchema }: ValibotContext): object | undefined {
    return errors === undefined ? undefined : { ...jsonSchema, description: BY_CODE };
  },
} as const;
