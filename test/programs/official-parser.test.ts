import { Parser } from '@asyncapi/parser';
import { expect } from 'chai';
import { SocketGateway, SocketNamespace } from '../../src';
import { contractOf, type ContractDocument } from '../../src/contract';
import { ChatGateway, MATH, ObjectGateway } from '../contract/described-gateways';
import { start } from '../support/run-gateway';

describe('contractOf', function () {
  this.timeout(600_000);
  let parser: Parser;
  before(() => {
    parser = new Parser();
  });

  /** Returns what the official parser finds in a document. */
  async function diagnose(document: ContractDocument): Promise<unknown[]> {
    const { diagnostics } = await parser.parse(JSON.stringify(document));
    return diagnostics.map(({ code, message, path }) => [code, message, path.join('.')]);
  }

  it('gives a document that the official parser accepts without a diagnostic', async () => {
    expect(await diagnose(contractOf([ChatGateway, ObjectGateway]))).to.deep.equal([]);
    expect(await diagnose(contractOf([]))).to.deep.equal([]);
  });

  it('gives such a document as an action of a gateway, too', async () => {
    const { broker } = await start([ChatGateway, MATH]);
    const live: ContractDocument = await broker.call('chat.contract', { namespace: '/chat' });
    expect(await diagnose(live)).to.deep.equal([]);
  });

  it('gives such a document of presence, too', async () => {
    @SocketNamespace('/hall', { presence: { rooms: 'room:*' } })
    class HallGateway extends SocketGateway {}
    expect(await diagnose(contractOf([HallGateway]))).to.deep.equal([]);
  });
});
