"""Attention and transformers: the shape is kept, the last axis is the embedding."""

from __future__ import annotations

from typing import Any, ClassVar

from cnnlint.facts import EVERYTHING, Layer, Shape
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.knowledge.shapes import elements, expect_rank, expect_size
from cnnlint.records import record
from cnnlint.values import Unknown


def expect_embedding(x: Shape, size: Any) -> tuple[Any, ...]:
    """[L, E], [L, N, E] or [N, L, E], with an embedding of this size."""
    axes = ranked(x)
    expect_rank(axes, 2, 3)
    expect_size("embedding", wants=size, got=axes[-1])
    return axes


def attended(queries: Shape, keys: Shape, batch_first: Any, embedding: Any, *, more: Any = 0) -> Any:
    """Multiply-adds of the scores and of the sums they weigh, for `more` keys than there are."""
    here, there = ranked(queries), ranked(keys)
    length = there[0] if len(there) == 2 or not batch_first else there[1]
    return 2 * elements(here[:-1]) * (length + more) * embedding


class Attention(Layer):
    """What all attention shares: every value may see every other."""

    role = "attention"

    def window(self, output: Shape, *inputs: Shape) -> Any:
        return EVERYTHING


class ScaledAttention(Attention):
    """The attention alone, without projections: queries [..., L, E], keys [..., S, E], values [..., S, V]."""

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        query, key, value, *_ = map(ranked, inputs)
        return elements(ranked(output)[:-1]) * key[-2] * (query[-1] + value[-1])


def linear_parameters(inputs: Any, outputs: Any, bias: Any) -> Any:
    return inputs * outputs + (outputs if bias else 0)


@describes("torch.nn.MultiheadAttention")
@record
class MultiheadAttention(Attention):
    """It gives [attended, weights]; which form the weights have depends on the call.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
    """

    operation = "multi_head_attention"
    embed_dim: Any
    num_heads: Any
    dropout: Any = 0.0
    bias: Any = True
    add_bias_kv: Any = False
    add_zero_attn: Any = False
    kdim: Any = None
    vdim: Any = None
    batch_first: Any = False
    device: Any = None
    dtype: Any = None

    def output(self, query: Shape) -> Shape:
        expect(self.embed_dim % self.num_heads == 0, "heads", wants=self.num_heads, got=self.embed_dim)
        return [expect_embedding(query, self.embed_dim), Unknown("shape of the attention weights")]

    def own_parameter_count(self) -> Any:
        embedding = self.embed_dim
        keys = embedding if self.kdim is None else self.kdim
        values = embedding if self.vdim is None else self.vdim
        projections = embedding * (embedding + keys + values) + (3 * embedding if self.bias else 0)
        extra = 2 * embedding if self.add_bias_kv else 0
        return projections + extra + linear_parameters(embedding, embedding, self.bias)

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        """The projections of queries, keys, values and of the result, and the attention itself."""
        query, key, value = inputs if len(inputs) == 3 else (Unknown("keys not known"),) * 3
        more = int(bool(self.add_bias_kv)) + int(bool(self.add_zero_attn))
        projected = 2 * elements(ranked(query)) + elements(ranked(key)) + elements(ranked(value))
        return projected * self.embed_dim + attended(query, key, self.batch_first, self.embed_dim, more=more)


@record
class TransformerLayer(Attention):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html"""

    modal = True
    attentions: ClassVar[int] = 1
    d_model: Any
    nhead: Any
    dim_feedforward: Any = 2048
    dropout: Any = 0.1
    activation: Any = "relu"
    layer_norm_eps: Any = 1e-05
    batch_first: Any = False
    norm_first: Any = False
    bias: Any = True
    device: Any = None
    dtype: Any = None

    def output(self, x: Shape) -> Shape:
        expect(self.d_model % self.nhead == 0, "heads", wants=self.nhead, got=self.d_model)
        return expect_embedding(x, self.d_model)

    def own_parameter_count(self) -> Any:
        model, inner = self.d_model, self.dim_feedforward
        attention = MultiheadAttention(model, self.nhead, bias=self.bias).own_parameter_count()
        norm = 2 * model if self.bias else model
        feedforward = linear_parameters(model, inner, self.bias) + linear_parameters(inner, model, self.bias)
        return self.attentions * attention + feedforward + (self.attentions + 1) * norm

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        """Each attention, of the input to itself and then to the memory, and the two linear maps."""
        x, *memory = inputs[: self.attentions]
        attention = MultiheadAttention(self.d_model, self.nhead, batch_first=self.batch_first)
        sources = [x, *memory] if len(memory) == self.attentions - 1 else [Unknown("memory not known")]
        attending = sum(attention.multiply_adds(x, x, source, source) for source in sources)
        return attending + 2 * elements(ranked(x)) * self.dim_feedforward


@describes("torch.nn.TransformerEncoderLayer")
class TransformerEncoderLayer(TransformerLayer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html"""

    operation = "transformer_encoder_layer"


@describes("torch.nn.TransformerDecoderLayer")
class TransformerDecoderLayer(TransformerLayer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html"""

    operation = "transformer_decoder_layer"
    attentions = 2


class TransformerStack(Attention):
    """What encoder and decoder share: copies of one layer, then perhaps a normalisation."""

    modal = True
    num_layers: Any
    norm: Any

    def one_layer(self) -> Any:
        """The layer that is copied."""
        raise NotImplementedError

    def output(self, x: Shape) -> Shape:
        layer = self.one_layer()
        return layer.output(x) if isinstance(layer, Layer) else Unknown("its layers are not known")

    def own_parameter_count(self) -> Any:
        norm = 0 if self.norm is None else self.norm.parameter_count()
        return self.num_layers * self.one_layer().parameter_count() + norm

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        layer = self.one_layer()
        known = isinstance(layer, Layer)
        return self.num_layers * layer.multiply_adds(output, *inputs) if known else Unknown("its layers")


@describes("torch.nn.TransformerEncoder")
@record
class TransformerEncoder(TransformerStack):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html"""

    operation = "transformer_encoder"
    encoder_layer: Any
    num_layers: Any
    norm: Any = None
    enable_nested_tensor: Any = True
    mask_check: Any = True

    def one_layer(self) -> Any:
        return self.encoder_layer


@describes("torch.nn.TransformerDecoder")
@record
class TransformerDecoder(TransformerStack):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html"""

    operation = "transformer_decoder"
    decoder_layer: Any
    num_layers: Any
    norm: Any = None

    def one_layer(self) -> Any:
        return self.decoder_layer


@describes("torch.nn.Transformer")
@record
class Transformer(Attention):
    """Source and target in, the shape of the target out.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
    """

    operation = "transformer"
    modal = True
    d_model: Any = 512
    nhead: Any = 8
    num_encoder_layers: Any = 6
    num_decoder_layers: Any = 6
    dim_feedforward: Any = 2048
    dropout: Any = 0.1
    activation: Any = "relu"
    custom_encoder: Any = None
    custom_decoder: Any = None
    layer_norm_eps: Any = 1e-05
    batch_first: Any = False
    norm_first: Any = False
    bias: Any = True
    device: Any = None
    dtype: Any = None

    def output(self, source: Shape, target: Shape) -> Shape:
        expect_embedding(source, self.d_model)
        return expect_embedding(target, self.d_model)

    def own_parameter_count(self) -> Any:
        if self.custom_encoder is not None or self.custom_decoder is not None:
            return Unknown("its own encoder or decoder is not followed")
        options = {"dim_feedforward": self.dim_feedforward, "bias": self.bias}
        encoder = TransformerEncoderLayer(self.d_model, self.nhead, **options).own_parameter_count()
        decoder = TransformerDecoderLayer(self.d_model, self.nhead, **options).own_parameter_count()
        norms = 4 * self.d_model if self.bias else 2 * self.d_model
        return self.num_encoder_layers * encoder + self.num_decoder_layers * decoder + norms

    def multiply_adds(self, output: Shape, *inputs: Shape) -> Any:
        if self.custom_encoder is not None or self.custom_decoder is not None or len(inputs) < 2:
            return Unknown("what it multiplies is not known")
        source, target, *_ = inputs
        options = {"dim_feedforward": self.dim_feedforward, "batch_first": self.batch_first}
        encoder = TransformerEncoderLayer(self.d_model, self.nhead, **options)
        decoder = TransformerDecoderLayer(self.d_model, self.nhead, **options)
        return self.num_encoder_layers * encoder.multiply_adds(
            source, source
        ) + self.num_decoder_layers * decoder.multiply_adds(target, target, source)
