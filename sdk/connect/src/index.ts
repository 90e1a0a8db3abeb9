export {connect} from './connect.js';
export type {ConnectOptions, Connected} from './connect.js';
export {button} from './button.js';
export type {ButtonOptions, ButtonState, ButtonTexts, ConnectButton} from './button.js';
export {WayleaveConnectError} from './error.js';
export type {ConnectErrorCode} from './error.js';
