"""Models of a few thousand random numbers, saved as the hub keeps its own, for the real loading code."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    BertTokenizerFast,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    CLIPImageProcessor,
    GitConfig,
    GitForCausalLM,
    GitProcessor,
    GPT2Config,
    LlamaConfig,
    LlamaForCausalLM,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
    VisionEncoderDecoderConfig,
    VisionEncoderDecoderModel,
    ViTConfig,
)

SIDE_PX = 32
WORDS = (
    "a",
    "news",
    "photo",
    "of",
    "man",
    "woman",
    "in",
    "mask",
    "lab",
    "bottle",
    "the",
    "street",
    "snow",
    "ice",
)
BERT_WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS)
LAYERS: dict[str, int] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}
VISION: dict[str, int] = {**LAYERS, "image_size": SIDE_PX, "patch_size": 8}
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<|go|>{% endif %}"
)


def save_blip(folder: Path) -> Path:
    """A BLIP whose sentences differ from picture to picture."""
    torch.manual_seed(1)
    text = {
        **LAYERS,
        "vocab_size": len(BERT_WORDS) + 1,  # the last begins a sentence, as in the real one
        "encoder_hidden_size": 32,
        "max_position_embeddings": 64,
        "bos_token_id": len(BERT_WORDS),
        "eos_token_id": 3,
        "sep_token_id": 3,
        "pad_token_id": 0,
    }
    config = BlipConfig(text_config=text, vision_config=VISION, projection_dim=32, image_text_hidden_size=32)
    _save(BlipForConditionalGeneration(config), folder)
    processor = BlipImageProcessor(size={"height": SIDE_PX, "width": SIDE_PX})
    BlipProcessor(processor, _bert_tokenizer(folder)).save_pretrained(folder)
    return folder


def save_git(folder: Path) -> Path:
    torch.manual_seed(1)
    config = GitConfig(
        vision_config=VISION,
        vocab_size=len(BERT_WORDS),
        max_position_embeddings=128,
        bos_token_id=2,
        eos_token_id=3,
        pad_token_id=0,
        **LAYERS,
    )
    _save(GitForCausalLM(config), folder)
    processor = CLIPImageProcessor(size={"shortest_edge": SIDE_PX}, crop_size=SIDE_PX)
    GitProcessor(processor, _bert_tokenizer(folder)).save_pretrained(folder)
    return folder


def save_vit_gpt2(folder: Path) -> Path:
    """Two models in one, with the image settings in the form of 2022."""
    torch.manual_seed(1)
    tokenizer = _word_tokenizer(("<|endoftext|>", "<unk>", "A", *WORDS), eos_token="<|endoftext|>")
    decoder = GPT2Config(
        vocab_size=len(tokenizer), n_embd=32, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0
    )
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(ViTConfig(**VISION), decoder)
    config.decoder_start_token_id = config.pad_token_id = config.eos_token_id = 0
    _save(VisionEncoderDecoderModel(config=config), folder)
    tokenizer.save_pretrained(folder)
    settings = {"feature_extractor_type": "ViTFeatureExtractor", "do_resize": True, "size": SIDE_PX}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return folder


def save_llava(folder: Path) -> Path:
    """A chat model that sees."""
    torch.manual_seed(1)
    words = ("</s>", "<unk>", "<image>", "<pad>", "user", "assistant", "A", *WORDS)
    tokenizer = _word_tokenizer(
        words, eos_token="</s>", pad_token="<pad>", extra_special_tokens={"image_token": "<image>"}
    )
    template = (
        "{% for m in messages %}user {% for c in m['content'] %}"
        "{% if c['type'] == 'image' %}<image> {% else %}{{ c['text'] }}{% endif %}{% endfor %}{% endfor %}"
        " assistant"
    )
    LlavaProcessor(
        CLIPImageProcessor(size={"shortest_edge": SIDE_PX}, crop_size=SIDE_PX),
        tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        chat_template=template,
        num_additional_image_tokens=1,
    ).save_pretrained(folder)
    config = LlavaConfig(
        vision_config={"model_type": "clip_vision_model", **VISION},
        text_config=LlamaConfig(vocab_size=len(words), eos_token_id=0, pad_token_id=3, **LAYERS),
        image_token_index=2,
        vision_feature_layer=-1,
    )
    _save(LlavaForConditionalGeneration(config), folder)
    return folder


def save_chat(
    folder: Path,
    answers: Sequence[str],
    *,
    template: str = CHAT_TEMPLATE,
    max_tokens: int = 2048,
    is_endless: bool = False,
) -> Path:
    """A Llama that gives one of the answers, all equally likely, whatever it is asked.

    Each answer is one token, and the next token depends on the last one alone.
    template: "" for a tokenizer without one; then an answer follows "]", the end of Llama 2's prompt
    is_endless: the answer comes again and again
    """
    tokenizer = _byte_tokenizer(answers)
    if template:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    n = len(tokenizer)
    config = LlamaConfig(
        vocab_size=n,
        hidden_size=n + n % 2,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=max_tokens,
        bos_token_id=0,
        eos_token_id=1,
    )
    model = LlamaForCausalLM(config)
    go, end = tokenizer.convert_tokens_to_ids(["<|go|>" if template else "]", "</s>"])
    said = tokenizer.convert_tokens_to_ids(list(answers))
    _teach(model, {go: said} | {token: said if is_endless else [end] for token in said})
    model.save_pretrained(folder)
    return folder


def _teach(model: LlamaForCausalLM, following: dict[int, list[int]]) -> None:
    """Make each of the tokens be followed by one of those, all equally likely."""
    layer, n = model.model.layers[0], model.config.vocab_size
    with torch.no_grad():
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(n, model.config.hidden_size))
        model.lm_head.weight.zero_()
        for token, following_tokens in following.items():
            model.lm_head.weight[following_tokens, token] = 10.0


def _save(model: Any, folder: Path) -> None:
    """With weights large enough for the picture to matter."""
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.normal_(std=0.6)
    model.save_pretrained(folder)


def _bert_tokenizer(folder: Path) -> BertTokenizerFast:
    (folder / "vocab.txt").write_text("\n".join(BERT_WORDS))
    return BertTokenizerFast(str(folder / "vocab.txt"))


def _word_tokenizer(words: Sequence[str], **special: Any) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", **special)


def _byte_tokenizer(answers: Sequence[str]) -> PreTrainedTokenizerFast:
    """One token for each byte, each answer, and the marks of a chat."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=260,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>", "</s>", "<|im_start|>", "<|go|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator([], trainer)
    tokenizer.add_tokens([AddedToken(answer, normalized=False) for answer in answers])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        additional_special_tokens=["<|im_start|>", "<|go|>"],
    )
