export { testGateway } from './test-gateway';
export { ClientError } from './client-error';
export type {
  ConnectOptions,
  ReceivedEvent,
  ReceivedOptions,
  Registered,
  TestClient,
  TestGateway,
  TestGatewayOptions,
} from './types';
