import type { ClassValue } from './compiler/class-chain';
import { compileGateway } from './compiler/compile-gateway';
import type { ContractDocument } from './contract/document/asyncapi';
import { buildDocument, type ContractOptions } from './contract/document/build-document';
import { declaredGateway } from './contract/document/described-gateway';

export type * from './contract/document/asyncapi';
export type { ContractOptions } from './contract/document/build-document';
export type { JsonSchema } from './contract/schemas/json-schema';

/**
 * Returns what gateways offer their clients, as an AsyncAPI 3.1 document. It needs no broker: nothing is started or opened.
 *
 * @param gateways classes with `@SocketNamespace`
 * @param options `info` and `servers` of the document
 * @throws DeclarationError with every mistake of a class
 * @example
 * const document = contractOf([ChatGateway], { info: { title: 'Chat', version: '1.2.0' } });
 * writeFileSync('asyncapi.json', JSON.stringify(document, null, 2));
 */
export function contractOf(gateways: readonly ClassValue[], options: ContractOptions = {}): ContractDocument {
  return buildDocument(
    gateways.map((type) => declaredGateway(compileGateway(type))),
    options,
  );
}
