"""Attention and transformers: the shape is kept, the last axis is the embedding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from cnnlint.facts import Layer, Shape
from cnnlint.knowledge.describe import describes, expect, ranked
from cnnlint.knowledge.shapes import expect_rank, expect_size
from cnnlint.values import Unknown


def expect_embedding(x: Shape, size: Any) -> tuple[Any, ...]:
    """[L, E], [L, N, E] or [N, L, E], with an embedding of this size."""
    axes = ranked(x)
    expect_rank(axes, 2, 3)
    expect_size("embedding", wants=size, got=axes[-1])
    return axes


def linear_parameters(inputs: Any, outputs: Any, bias: Any) -> Any:
    return inputs * outputs + (outputs if bias else 0)


@describes("torch.nn.MultiheadAttention")
@dataclass(eq=False, repr=False)
class MultiheadAttention(Layer):
    """It gives [attended, weights]; which form the weights have depends on the call.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
    """

    role = "attention"
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


@dataclass(eq=False, repr=False)
class TransformerLayer(Layer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html"""

    role = "attention"
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


@describes("torch.nn.TransformerEncoderLayer")
class TransformerEncoderLayer(TransformerLayer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html"""

    operation = "transformer_encoder_layer"


@describes("torch.nn.TransformerDecoderLayer")
class TransformerDecoderLayer(TransformerLayer):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html"""

    operation = "transformer_decoder_layer"
    attentions = 2


class TransformerStack(Layer):
    """What encoder and decoder share: copies of one layer, then perhaps a normalisation."""

    role = "attention"
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


@describes("torch.nn.TransformerEncoder")
@dataclass(eq=False, repr=False)
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
@dataclass(eq=False, repr=False)
class TransformerDecoder(TransformerStack):
    """https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html"""

    operation = "transformer_decoder"
    decoder_layer: Any
    num_layers: Any
    norm: Any = None

    def one_layer(self) -> Any:
        return self.decoder_layer


@describes("torch.nn.Transformer")
@dataclass(eq=False, repr=False)
class Transformer(Layer):
    """Source and target in, the shape of the target out.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
    """

    role = "attention"
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
