import ts from 'typescript';

/** Returns a file as TypeScript prints it, a member a line: for people who look at the difference of two files. */
export function formatTypes(text: string): string {
  const file = ts.createSourceFile('types.ts', text, ts.ScriptTarget.Latest, true);
  const [formatted = file] = ts.transform(file, [withSingleQuotes]).transformed;
  return ts.createPrinter({ removeComments: false }).printFile(formatted);
}

const withSingleQuotes: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visit = (node: ts.Node): ts.Node =>
    ts.isStringLiteral(node)
      ? context.factory.createStringLiteral(node.text, true)
      : ts.visitEachChild(node, visit, context);
  return ts.visitNode(file, visit, ts.isSourceFile);
};
