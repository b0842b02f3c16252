import ts from 'typescript';

/** Returns a class and its ancestors whose sources are at hand, from the class to the oldest. */
export function classDeclarations(checker: ts.TypeChecker, type: ts.Type): ts.ClassLikeDeclaration[] {
  const chain: ts.ClassLikeDeclaration[] = [];
  const visit = (one: ts.Type): void => {
    if (one.isIntersection()) {
      one.types.forEach(visit);
      return;
    }
    const declaration = one.getSymbol()?.declarations?.find(ts.isClassLike);
    if (!declaration || chain.includes(declaration)) return;
    chain.push(declaration);
    const { target = one } = one as Partial<ts.TypeReference>;
    checker.getBaseTypes(target as ts.InterfaceType).forEach(visit);
  };
  visit(type);
  return chain;
}
