importScripts('wasm_exec.js');
const load = async name => (await fetch(name)).arrayBuffer();
(async () => {
	self.image = new Uint8Array(await load('disk.img'));
	const go = new Go();
	const { instance } = await WebAssembly.instantiate(await load('bench.wasm'), go.importObject);
	await go.run(instance);
})().catch(error => postMessage('failed: ' + error));
