import { moleculerAdapter } from '../../src';
import { adapterCases } from './cluster-cases';
import { describeOnTransporters, TRANSPORTERS } from './link-servers';

describe('gateways with the adapter over the transporter', () => {
  describeOnTransporters(TRANSPORTERS, (transport) => {
    adapterCases(
      {
        transporter: () => transport().options(),
        link: () => ({
          connect: () => Promise.resolve(),
          adapter: () => moleculerAdapter(),
          close: () => Promise.resolve(),
        }),
      },
      () => '',
    );
  });
});
