importScripts('wasm_exec.js');
const load = async name => new Uint8Array(await (await fetch(name)).arrayBuffer());
(async () => {
	const names = (await (await fetch('images.txt')).text()).trim().split('\n');
	self.images = await Promise.all(names.map(async name => ({ name, data: await load(name) })));
	const go = new Go();
	const { instance } = await WebAssembly.instantiate(await load('page.wasm'), go.importObject);
	await go.run(instance);
})().catch(error => postMessage('failed: ' + error));
