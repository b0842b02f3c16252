import ts from 'typescript';
import { placeOf } from '../problems';
import type { Reading } from './reading';

/**
 * Reports ancestors of a gateway that cannot be read: events that they declare would be missing without a word.
 *
 * @param chain the class and its ancestors whose declarations are at hand
 */
export function checkAncestors(
  reading: Reading,
  chain: readonly ts.ClassLikeDeclaration[],
  className: string,
): void {
  const { run } = reading;
  for (const declaration of chain) {
    const base = extendedBy(declaration);
    if (base && isMissing(reading, base))
      run.problems.add(base, className, 'extends a class that cannot be found; npx tsc --noEmit says why');
    if (isCompiled(reading, declaration)) {
      const [newest = declaration] = chain;
      const name = declaration.name?.text ?? 'a class';
      run.notes.add(
        newest.name ?? newest,
        className,
        `extends ${name} (${placeOf(declaration, run.folder)}), of which only the declarations are at hand; the events ` +
          'that it declares are not in the file. For those of your own packages, add references to tsconfig.json, or paths to their sources',
      );
    }
  }
}

function extendedBy(declaration: ts.ClassLikeDeclaration): ts.Expression | undefined {
  const clause = declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  return clause?.types[0]?.expression;
}

// A class that cannot be found is an error type to TypeScript.
function isMissing({ checker }: Reading, base: ts.Expression): boolean {
  const type = checker.getTypeAtLocation(base) as ts.Type & { readonly intrinsicName?: string };
  return type.intrinsicName === 'error';
}

/** Returns true for a class in a declaration file, which has no decorators. Those of this package and of Moleculer have no events. */
function isCompiled({ own }: Reading, declaration: ts.ClassLikeDeclaration): boolean {
  const { fileName, isDeclarationFile } = declaration.getSourceFile();
  return (
    isDeclarationFile &&
    !own.isOwnNode(declaration) &&
    !/\/node_modules\/moleculer(-[\d.]+)?\//.test(fileName)
  );
}
