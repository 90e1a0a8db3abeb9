// The names the pages use for what the gateway answers.

import type {components} from '../../generated/openapi';

type Schemas = components['schemas'];

export type Scope = Schemas['KeyScope'];
export type ConnectionState = Schemas['ConnectionState'];
export type Call = Schemas['Request'];
export type InstallLink = Schemas['InstallLink'];
export type NewApp = Schemas['NewApp'];
export type CreatedKey = Schemas['CreatedKey'];
export type RevealedToken = Schemas['RevealedToken'];
export type Disconnected = Schemas['Disconnected'];
export type * from './pending';
