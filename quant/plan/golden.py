"""Writes golden.json: parameters, bytes of the cache and sizes of LoRA, counted by transformers and peft on models without memory (PyTorch's meta device).

Run by quant/goldens/write.py.
The configurations are what the models' config.json say of their shape, no more: what is left out there is left to the family's default.
"""

import json
import warnings
from importlib.metadata import version

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM

warnings.filterwarnings("ignore")

CONFIGS = {
    "gpt2": dict(model_type="gpt2", n_layer=12, n_embd=768, n_head=12, n_positions=1024, vocab_size=50257),
    "gpt2-xl": dict(model_type="gpt2", n_layer=48, n_embd=1600, n_head=25, n_positions=1024, vocab_size=50257),
    "llama-2-7b": dict(model_type="llama", num_hidden_layers=32, hidden_size=4096, num_attention_heads=32, num_key_value_heads=32, intermediate_size=11008, vocab_size=32000, tie_word_embeddings=False),
    "llama-3-8b": dict(model_type="llama", num_hidden_layers=32, hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, intermediate_size=14336, vocab_size=128256, tie_word_embeddings=False),
    "llama-3-70b": dict(model_type="llama", num_hidden_layers=80, hidden_size=8192, num_attention_heads=64, num_key_value_heads=8, intermediate_size=28672, vocab_size=128256, tie_word_embeddings=False),
    "llama-3.1-405b": dict(model_type="llama", num_hidden_layers=126, hidden_size=16384, num_attention_heads=128, num_key_value_heads=8, intermediate_size=53248, vocab_size=128256, tie_word_embeddings=False),
    "llama-3.2-1b": dict(model_type="llama", num_hidden_layers=16, hidden_size=2048, num_attention_heads=32, num_key_value_heads=8, head_dim=64, intermediate_size=8192, vocab_size=128256, tie_word_embeddings=True),
    "mistral-7b": dict(model_type="mistral", num_hidden_layers=32, hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, intermediate_size=14336, vocab_size=32000, tie_word_embeddings=False),
    "qwen2.5-0.5b": dict(model_type="qwen2", num_hidden_layers=24, hidden_size=896, num_attention_heads=14, num_key_value_heads=2, intermediate_size=4864, vocab_size=151936, tie_word_embeddings=True),
    "qwen2.5-7b": dict(model_type="qwen2", num_hidden_layers=28, hidden_size=3584, num_attention_heads=28, num_key_value_heads=4, intermediate_size=18944, vocab_size=152064, tie_word_embeddings=False),
    "qwen3-0.6b": dict(model_type="qwen3", num_hidden_layers=28, hidden_size=1024, num_attention_heads=16, num_key_value_heads=8, head_dim=128, intermediate_size=3072, vocab_size=151936, tie_word_embeddings=True),
    "qwen3-8b": dict(model_type="qwen3", num_hidden_layers=36, hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, head_dim=128, intermediate_size=12288, vocab_size=151936, tie_word_embeddings=False),
    "gemma-2b": dict(model_type="gemma", num_hidden_layers=18, hidden_size=2048, num_attention_heads=8, num_key_value_heads=1, head_dim=256, intermediate_size=16384, vocab_size=256000),
    "gemma-2-9b": dict(model_type="gemma2", num_hidden_layers=42, hidden_size=3584, num_attention_heads=16, num_key_value_heads=8, head_dim=256, intermediate_size=14336, vocab_size=256000),
    "phi-3-mini": dict(model_type="phi3", num_hidden_layers=32, hidden_size=3072, num_attention_heads=32, num_key_value_heads=32, intermediate_size=8192, vocab_size=32064, tie_word_embeddings=False, pad_token_id=32000),
}
ATTENTION = {"gpt2": ["c_attn", "attn.c_proj"], "phi3": ["qkv_proj", "o_proj"]}
LORA = ("llama-2-7b", "llama-3-8b", "mistral-7b", "qwen3-8b")


def model_of(config):
    fields = {key: value for key, value in config.items() if key != "model_type"}
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(AutoConfig.for_model(config["model_type"], **fields), dtype=torch.float16)


def lora_parameters(config, targets, rank):
    names = ["q_proj", "k_proj", "v_proj", "o_proj"] + (["gate_proj", "up_proj", "down_proj"] if targets == "all" else [])
    model = get_peft_model(model_of(config), LoraConfig(r=rank, target_modules=names), autocast_adapter_dtype=False)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def cache_bytes(model, tokens, batch):
    """Of keys and values that the model itself keeps, in float16."""
    with torch.device("meta"):
        cache = model(torch.zeros(batch, tokens, dtype=torch.long), use_cache=True).past_key_values
    return sum((layer.keys.numel() + layer.values.numel()) * layer.keys.element_size() for layer in cache.layers)


def main():
    models = {}
    for name, config in CONFIGS.items():
        model = model_of(config)
        models[name] = dict(config=config, parameters=sum(p.numel() for p in model.parameters()), cacheBytes=cache_bytes(model, 24, 3))
    lora = [dict(model=name, targets=targets, rank=rank, parameters=lora_parameters(CONFIGS[name], targets, rank))
            for name in LORA for targets in ("attention", "all") for rank in (8, 64)]
    versions = {package: version(package) for package in ("torch", "transformers", "peft")}
    print(json.dumps(dict(versions=versions, cacheTokens=24, cacheBatch=3, models=models, lora=lora), indent=1))


main()
