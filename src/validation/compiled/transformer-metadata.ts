import { Expose } from 'class-transformer';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- a class of the user's
export type Class = Function & (new () => object);

/** The record of `@Type`. */
export interface TypeMetadata {
  readonly reflectedType: unknown;
  readonly typeFunction?: (help?: unknown) => unknown;
  readonly options?: { readonly discriminator?: unknown; readonly keepDiscriminatorProperty?: boolean };
}

/** The record of `@Expose`. */
export interface ExposeMetadata {
  readonly propertyName: string;
  readonly options?: {
    readonly name?: string;
    readonly toPlainOnly?: boolean;
    readonly since?: number;
    readonly until?: number;
    readonly groups?: readonly string[];
  };
}

interface TransformMetadata {
  readonly options?: { readonly toClassOnly?: boolean; readonly toPlainOnly?: boolean };
}

type ByProperty<Metadata> = Map<unknown, Map<string | undefined, Metadata>>;

/** The part of class-transformer's storage that is read here; its own declarations keep some of it private. */
interface TransformerStorage {
  readonly _typeMetadatas: ByProperty<TypeMetadata>;
  readonly _transformMetadatas: ByProperty<readonly TransformMetadata[]>;
  findTypeMetadata(target: Class, property: string): TypeMetadata | undefined;
  findExposeMetadata(target: Class, property: string): ExposeMetadata | undefined;
  findExposeMetadataByCustomName(target: Class, name: string): ExposeMetadata | undefined;
  getExposedMetadatas(target: Class): ExposeMetadata[];
  getStrategy(target: Class): 'excludeAll' | 'exposeAll' | 'none';
  getExposedProperties(target: Class, transformation: number): string[];
  getExcludedProperties(target: Class, transformation: number): string[];
  getAncestors(target: Class): Class[];
  findTransformMetadatas(target: Class, property: string, transformation: number): readonly unknown[];
}

/** `TransformationType.PLAIN_TO_CLASS`. */
export const PLAIN_TO_CLASS = 0;

/**
 * class-transformer's metadata, which its main entry does not export. Undefined where it cannot be had: a bundler may
 * bring a second copy of the file, in which nothing is ever recorded.
 */
export const transformerStorage: TransformerStorage | undefined = findStorage();

function findStorage(): TransformerStorage | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- there may be no such file
    const { defaultMetadataStorage: storage } = require('class-transformer/cjs/storage') as {
      defaultMetadataStorage: TransformerStorage;
    };
    class Probe {}
    Expose()(Probe.prototype, 'seen');
    const isTheOne = storage.findExposeMetadata(Probe, 'seen') !== undefined;
    return isTheOne && storage._typeMetadatas instanceof Map && storage._transformMetadatas instanceof Map
      ? storage
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the properties that have a `@Type`, inherited ones included. */
export function typedProperties(storage: TransformerStorage, type: Class): string[] {
  return inChain(storage, type, storage._typeMetadatas).flatMap((found) =>
    [...found.keys()].filter((name) => name !== undefined),
  );
}

/** Returns true if a `@Transform` of the class, or of one that it extends, may be called for a payload. */
export function hasTransforms(storage: TransformerStorage, type: Class): boolean {
  return inChain(storage, type, storage._transformMetadatas).some((found) =>
    [...found.values()].flat().some(({ options }) => !options?.toPlainOnly || options.toClassOnly),
  );
}

function inChain<M>(
  storage: TransformerStorage,
  type: Class,
  metadata: ByProperty<M>,
): Map<string | undefined, M>[] {
  return [type, ...storage.getAncestors(type)].flatMap((one) => metadata.get(one) ?? []);
}
