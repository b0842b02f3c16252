import { Parser } from '@asyncapi/parser';
import { contractOf } from '../../src/contract';
import { ChatGateway } from '../../samples/chat/chat-gateway';
import { OrderGateway } from '../../samples/orders/order-gateway';
import { stringify } from 'yaml';
it('x', async function () {
  this.timeout(60000);
  const d = contractOf([ChatGateway, OrderGateway]);
  console.log(stringify(d, { aliasDuplicateObjects: false }));
  const r = await new Parser().parse(JSON.stringify(d));
  console.log(r.diagnostics.map((x) => [x.code, x.message, x.path.join('.')]));
});
