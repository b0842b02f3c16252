import ts from 'typescript';
import type { MemberPrinter } from './object-members';
import type { Place } from './place';
import { arrayOf, single, type Printed } from './printed';

/** Prints a tuple with its labels, its optional elements and its rest. */
export function printTuple(
  checker: ts.TypeChecker,
  printer: MemberPrinter,
  type: ts.TypeReference,
  place: Place,
): Printed {
  const { elementFlags, labeledElementDeclarations, readonly } = type.target as ts.TupleType;
  const labels = labeledElementDeclarations?.map((declaration) => labelOf(declaration));
  const isLabelled = labels?.every((label) => label !== undefined) ?? false;
  const elements = checker.getTypeArguments(type).map((element, at) => {
    const flags = elementFlags[at] ?? ts.ElementFlags.Required;
    const label = isLabelled ? labels?.[at] : undefined;
    const inner = place.at(`[${at}]`);
    if (flags & ts.ElementFlags.Variable) {
      const items = arrayOf(printer.print(element, inner)).text;
      return `...${label === undefined ? '' : `${label}: `}${items}`;
    }
    if (!(flags & ts.ElementFlags.Optional)) {
      const { text } = printer.print(element, inner);
      return label === undefined ? text : `${label}: ${text}`;
    }
    const { text, kind } = mayBeUndefined(checker, labeledElementDeclarations?.[at])
      ? printer.print(element, inner)
      : (printer.printPresent(element, inner).printed ?? single('null'));
    if (label !== undefined) return `${label}?: ${text}`;
    return kind === 'single' ? `${text}?` : `(${text})?`;
  });
  const text = `[${elements.join(', ')}]`;
  return readonly ? { text: `readonly ${text}`, kind: 'union' } : single(text);
}

/**
 * Returns true if the type of an optional element has `undefined` in it, as in `n?: number | undefined`: then an element that is there
 * may be `undefined`, which is null on the wire. TypeScript adds it to the type of each optional element, so the declaration is asked.
 */
function mayBeUndefined(
  checker: ts.TypeChecker,
  declaration: ts.NamedTupleMember | ts.ParameterDeclaration | undefined,
): boolean {
  if (!declaration || !ts.isNamedTupleMember(declaration)) return false;
  const declared = checker.getTypeFromTypeNode(declaration.type);
  const parts = declared.isUnion() ? declared.types : [declared];
  return parts.some(({ flags }) => flags & ts.TypeFlags.Undefined);
}

function labelOf(declaration: ts.NamedTupleMember | ts.ParameterDeclaration | undefined): string | undefined {
  return declaration && ts.isIdentifier(declaration.name) ? declaration.name.text : undefined;
}
