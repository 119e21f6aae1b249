# ruff: noqa: E501
"""Cases of composed functions, options and indexing: `expression | operands | mode` a line.

`<<x~y>>` stands for each of its words in turn; `S` in an expression for nd and np in turn.
Under a heading `# nd`, `# np`, `# npx` or `# both` the lines belong to these namespaces.
"""

import itertools
import re

TEMPLATES = r"""
# both
<<a + b~a - b~a * b~a / b~a % b~a ** b~a > b~a <= b~a == b~a != b>> | r0.3:2 f4 2x3; r0.3:2 f4 3
<<a + b~a - b~a * b~a / b~a % b~a > b~a == b>> | n f4 2; n <<f8~f2~i4~i8~u1~b>> 2
<<a + b~a - b~a * b~a / b~a % b~a > b~a == b>> | n <<i4~u1~i8~i1~b>> 2x1; r1:5 <<i4~u1~i8~i1~b>> 1x2
<<a + 2~2 - a~a * 2~a / 2~2 / a~a % 2~5 % a~a ** 2~2 ** a~a > 1~a == 1~a != 2~1 <= a>> | r1:5 <<f4~f8~f2~i4~i8~u1~i1~b>> 3
<<a + 1.5~1.5 - a~a * 0.5~a / 2.0~2.5 / a~a % 1.5~4.5 % a~a ** 0.5~1.5 ** a~a > 1.5~a == 2.5>> | r1:5 <<f4~f8~f2~i4~u1~b>> 3
<<-a~abs(a)~+a>> | e <<f4~i4~i8~i1>> 7
a ** <<2~3~0~1~-1~0.5~-0.5>> | e f4 7
<<a ** 2~a * a~2 * a~a - 3~1 / a>> | n f4 2x2 | add
<<a.sum()~a.mean()~a.max()~a.min()~a.prod()~a.norm()>> | n f4 2x3
<<a.sum(axis=1)~a.mean(axis=0)~a.max(axis=1)~a.min(axis=0)~a.prod(axis=1)~a.sum(axis=1, keepdims=True)>> | t f4 2x3
<<a.argmax(axis=1)~a.argmin(axis=0)~a.argmax()~a.argmin()~a.argmax(axis=0, keepdims=True)>> | t f4 2x3
<<a.sum()~a.mean()~a.max()~a.min()~a.prod()>> | n <<i4~i8~u1~i1~f2~f8>> 2x3
<<a.reshape(3, 2)~a.reshape((3, 2))~a.reshape(-1)~a.reshape((-1, 2))~a.reshape((1, -1))>> | n f4 2x3
<<a.T~a.transpose()~a.transpose(1, 0)~a.transpose((1, 0))~a.swapaxes(0, 1)~a.flatten()~a.expand_dims(0)~a.expand_dims(axis=-1)~a.copy()>> | n f4 2x3
<<a.T~a.transpose((2, 0, 1))~a.swapaxes(0, 2)~a.flatten()~a.squeeze()~a.squeeze(axis=1)>> | n f4 2x1x3
<<a.astype('float64')~a.astype('int32')~a.astype('float16')~a.astype('uint8')~a.astype('bool')>> | r0:9 <<f4~f8~i4~b>> 4
<<a.repeat(2)~a.repeat(2, axis=1)~a.tile((2, 1))~a.tile(2)>> | n f4 2x3
a.clip(<<-1, 1~0, 5>>) | e f4 14
<<a[0]~a[-1]~a[1:]~a[:2]~a[::2]~a[::-1]~a[1:-1]~a[[0, 2]]~a[None]~a[..., None]~a[:]~a[4:1:-1]~a[10:]~a[-2:]>> | n f4 5
<<a[0]~a[-1]~a[1, 2]~a[:, 1]~a[1:, :2]~a[::2, ::-1]~a[..., 0]~a[:, None]~a[None, 1]~a[[0, 2]]~a[:, [0, 2]]~a[[0, 1], [1, 3]]~a[-1, -1]~a[2:0:-1]~a[0:0]~a[:, 1:2]~a[[0, 0, 2]]>> | n f4 3x4
<<a[0]~a[:, 0]~a[..., 0]~a[:, :, 1]~a[1, 0, 2]~a[:, None, 1]~a[0, ..., 1]~a[[0, 1], :, [1, 2]]~a[:, [0, 1]]~a[1, [0, 0], 1:]~a[..., ::-1]~a[::-1, 0]>> | n f4 2x2x3
<<a[0]~a[1:2]~a[[1]]~a[::-1]>> | n <<i4~f8~u1~f2~i8>> 3x2
a[b] | n f4 4; k4 <<i4~i8>> 3
a[b] | n f4 4x2; k4 i4 2x2
a[b, c] | n f4 4x3; k4 i4 2; k3 i4 2
a[:, b] | n f4 3x4; k4 i4 2
<<a[5]~a[0, 0]~a[-6]~a['x']~a[1.5]>> | n f4 5
<<len(a)~a.shape~a.size~a.ndim~bool(a)~list(a)~[x for x in a]>> | n f4 3
<<bool(a)~float(a.asscalar())~int(a.asscalar())~a.item()>> | r2:5 <<f4~i4>> 1
<<a.asscalar()~a.item()>> | n f4 2
<<a.zeros_like()~a.ones_like()~a.detach()>> | n <<f4~i4>> 2
<<nd~np>>.ones((2,)) * a | n f4 2

# nd
nd.<<sum~mean~prod~max~min~nansum~nanprod>>(a, axis=<<0~1~(0, 2)~-1>>, exclude=True) | n f4 2x3x2
nd.<<sum~mean~max~min~prod>>(a, axis=(), keepdims=<<True~False>>) | n f4 2x3
nd.<<nansum~nanprod>>(a, axis=<<None~0~1>>) | e f4 3x4
nd.norm(a, ord=<<1~2>>, axis=<<None~0~1~(0, 1)>>, keepdims=<<True~False>>) | n f4 2x3
nd.norm(a<<~, ord=1>>) | z f4 2x2
nd.norm(a) | r0:0 f4 3
nd.norm(a) | n <<f8~f2~i4>> 3
nd.topk(a, k=<<1~2~0~4>>, ret_typ=<<'value'~'indices'~'both'~'mask'>>, is_ascend=<<True~False>>, axis=<<-1~0>>) | t f4 4x4
nd.topk(a, k=<<2~3>>, ret_typ=<<'value'~'indices'~'both'~'mask'>>) | n f4 2x3x4
nd.topk(a, axis=None, k=3, ret_typ=<<'value'~'indices'>>) | n f4 3x4
nd.topk(a, k=2, dtype=<<'int32'~'float64'~'int64'~'uint8'>>) | n f4 3x4
nd.topk(a, k=2<<~, ret_typ='value'>>) | n <<i4~f8~i8~u1~f2>> 5
nd.topk(a, k=9) | n f4 3
nd.<<sort~argsort>>(a, axis=<<0~1~-1>>, is_ascend=<<True~False>>) | t f4 3x4
nd.<<sort~argsort>>(a<<~, axis=None~, is_ascend=False>>) | n f4 2x3
nd.<<sort~argsort>>(a) | n <<i4~f8~i8~u1~f2>> 5
nd.argsort(a, dtype=<<'int32'~'int64'~'float64'>>) | n f4 5
nd.<<argmax~argmin>>(a, axis=<<None~0~1>>, keepdims=<<True~False>>) | t f4 3x4
nd.<<argmax~argmin>>(a, axis=<<None~0>>) | n <<i4~f8~i8~u1~f2>> 5
nd.argmax_channel(a) | n f4 3x4
nd.<<softmax~log_softmax~softmin>>(a, axis=<<0~1~-1>><<~, temperature=2.0~, temperature=0.5>>) | n f4 3x4
nd.<<softmax~log_softmax~softmin>>(a) | n <<f8~f2>> 2x3
nd.softmax(a, b, use_length=True, axis=<<1~-1>>) | n f4 3x4; k4 i4 3
nd.softmax(a, b, use_length=True, axis=1) | n f4 2x3x2; k3 i4 2x2
nd.softmax(a, length=b, use_length=True) | n f4 2x3; r1:3 i4 2
nd.<<softmax~log_softmax>>(a, dtype=<<'float64'~'float32'>>) | n <<f2~f4>> 2x3
nd.softmax(a) | e f4 2x3
nd.softmax_cross_entropy(a, b) | n f4 3x4; k4 f4 3
nd.pick(a, b, axis=<<0~1~-1>><<~, keepdims=True>><<~, mode='wrap'~, mode='clip'>>) | n f4 3x3; w f4 3
nd.pick(a, b) | n f4 3x4; k4 <<f4~i4~i8~u1>> 3
nd.pick(a, b, axis=1) | n f4 2x3x2; k3 f4 2x2
nd.pick(a, b) | n f4 3x4; k4 f4 2
nd.take(a, b, axis=<<0~1~-1>>, mode=<<'clip'~'wrap'>>) | n f4 3x4; w <<f4~i4>> 2
nd.take(a, b) | n f4 3x4; k3 <<f4~i4~i8~u1>> 2x2
nd.take(a, b, axis=1, mode='clip') | n f4 2x3x2; k3 f4 2x2
nd.take(a, b, mode='raise') | n f4 3; k3 f4 2
nd.take(a, b) | n <<f8~f2~i4~u1>> 3; k3 i4 2
nd.batch_take(a, b) | n f4 3x4; k4 i4 3
nd.choose_element_0index(a, b) | n f4 3x4; k4 f4 3
nd.one_hot(a, <<3~5~1>><<~, on_value=2, off_value=-1~, dtype='int32'~, dtype='float64'>>) | w <<f4~i4>> 4
nd.one_hot(a, 3) | k3 <<f4~i4~i8~u1>> 2x2
nd.one_hot(a, depth=3) | k3 f4 2
nd.Embedding(a, b, input_dim=4, output_dim=3) | <<k4~w>> f4 2x3; n f4 4x3
nd.Embedding(a, b, input_dim=4, output_dim=3) | k4 <<i4~i8~u1>> 3; n f4 4x3
nd.Embedding(a, b, input_dim=4, output_dim=2) | k4 f4 3; n f4 4x3
nd.gather_nd(a, b) | n f4 3x4; k3 <<f4~i4~i8>> 2x3
nd.gather_nd(a, b) | n f4 3x4; k3 i4 1x2
nd.scatter_nd(a, b, shape=<<(4,)~(5,)>>) | n f4 3; k4 i4 1x3
nd.scatter_nd(a, b, shape=(3, 4)) | n f4 2; k3 i4 2x2
nd.reshape(a, <<(3, 8)~(-1,)~(0, -1)~(-2,)~(0, -2)~(-3, 0)~(0, -3)~(-4, 1, 2, -2)~(-4, -1, 2, 0, 0)~(0, 0, -4, 2, -1)~(-1, 0)~(4, -1)>>) | n f4 2x3x4
nd.reshape(a, <<(0, -1)~(-1, 0)~(8, 0, 0)>>, reverse=True) | n f4 2x3x4
a.reshape(<<(0, -1)~-1~(-3, 0)~(0, -2)~(5, 5)~(-1, -1)~(7, -1)>>) | n f4 2x3x4
nd.reshape_like(a, b) | n f4 2x3; n f4 3x2
nd.reshape_like(a, b, lhs_begin=0, lhs_end=2, rhs_begin=0, rhs_end=1) | n f4 2x3x2; n f4 6x4
nd.broadcast_like(a, b) | n f4 2x1; n f4 2x3
nd.broadcast_to(a, shape=<<(2, 3)~(0, 3)~(4, 2, 3)>>) | n f4 2x1
nd.broadcast_axis(a, axis=<<1~(0, 1)>>, size=<<3~(1, 3)>>) | n f4 2x1
nd.slice_like(a, b<<~, axes=(0,)~, axes=(-1,)>>) | n f4 4x5; n f4 2x3
nd.slice(a, begin=<<(1, 0)~(None, 1)~(0,)~(-2, -3)>>, end=<<(3, 2)~(None, 4)~(2,)~(4, -1)>>) | n f4 4x5
nd.slice(a, begin=(<<None~3>>, 0), end=(None, 4), step=<<(2, 1)~(-1, 2)>>) | n f4 4x5
nd.slice_axis(a, axis=<<0~1~-1>>, begin=<<0~1~-2>>, end=<<None~3>>) | n f4 4x5
nd.dot(a, b<<~, transpose_a=True~, transpose_b=True~, transpose_a=True, transpose_b=True>>) | n f4 3x3; n f4 3x3
nd.dot(a, b, transpose_a=True) | n f4 3x2; n f4 3x4
nd.dot(a, b, transpose_b=True) | n f4 2x3; n f4 4x3
nd.dot(a, b) | n f4 2x3x4; n f4 4x2
nd.dot(a, b) | n f4 2x3; n f4 3x2x2
nd.dot(a, b, transpose_a=True) | n f4 2x3x4; n f4 2x2
nd.dot(a, b, transpose_b=True) | n f4 2x3; n f4 2x2x3
nd.dot(a, b) | n f4 3; n f4 3
nd.dot(a, b) | n f4 3x2; n f4 2
nd.dot(a, b) | n f4 2; n f4 2x3
nd.dot(a, b) | n <<f8~f2>> 2x2; n <<f8~f4>> 2x2
nd.dot(a, b) | n f4 2x3; n f4 2x3
nd.batch_dot(a, b<<~, transpose_a=True~, transpose_b=True~, transpose_a=True, transpose_b=True>>) | n f4 2x3x3; n f4 2x3x3
nd.batch_dot(a, b) | n f4 2x3x4; n f4 2x4x2
nd.batch_dot(a, b) | n f4 2x3x4; n f4 3x4x2
nd.linalg.<<gemm2>>(a, b<<~, transpose_a=True~, transpose_b=True~, alpha=2.0>>) | n f4 2x3x3; n f4 2x3x3
nd.linalg.gemm(a, b, c, alpha=<<1.0~0.5>>, beta=<<1.0~2.0>>) | n f4 2x3; n f4 3x2; n f4 2x2
nd.linalg.<<potrf~det~slogdet~inverse~sumlogdiag~extractdiag~extracttrian~gelqf>>(a) | d f4 3x3
nd.linalg.potrf(nd.dot(a, a, transpose_b=True)) | d f4 3x3
nd.linalg.potri(a) | d f4 3x3
nd.linalg.syrk(a<<~, transpose=True~, alpha=2.0>>) | n f4 2x3
nd.linalg.<<trmm~trsm>>(a, b<<~, transpose=True~, lower=False>>) | d f4 3x3; n f4 3x2
nd.linalg.<<trmm~trsm>>(a, b, rightside=True) | d f4 3x3; n f4 2x3
nd.linalg.<<makediag~maketrian>>(a) | n f4 3
nd.linalg.makediag(a, offset=<<1~-1>>) | n f4 3
nd.khatri_rao(a, b) | n f4 2x3; n f4 4x3
nd.concat(a, b<<~, dim=0~, dim=1~, dim=-1>>) | n f4 2x3; n f4 2x3
nd.concat(a, b, dim=0) | n f4 2; n <<f4~i4~f8>> 3
nd.concat(a, b) | n f4 2x3; n f4 3x3
nd.stack(a, b<<~, axis=0~, axis=1~, axis=-1~, axis=3>>) | n f4 2x3; n f4 2x3
nd.add_n(a, b, c) | n f4 2; n f4 2; n f4 2
nd.split(a, num_outputs=<<2~4>><<~, axis=0~, axis=1~, squeeze_axis=True>>) | n f4 4x4
nd.SliceChannel(a, num_outputs=3, axis=1, squeeze_axis=<<True~False>>) | n f4 2x3
nd.split_v2(a, <<2~(1, 3)~(1,)>><<~, axis=1~, squeeze_axis=False>>) | n f4 4x4
nd.split(a, num_outputs=3) | n f4 2x4
nd.tile(a, <<2~(2,)~(2, 1)~(1, 2, 2)~()>>) | n f4 2x3
nd.repeat(a, <<2~1>><<~, axis=0~, axis=1~, axis=-1>>) | n f4 2x3
nd.<<flip~reverse>>(a, axis=<<0~1~(0, 1)~-1>>) | n f4 2x3
nd.pad(a, mode=<<'constant'~'edge'~'reflect'>>, pad_width=(0, 0, 0, 0, 1, 2, 2, 1)) | n f4 1x2x3x3
nd.pad(a, mode='constant', constant_value=5, pad_width=(0, 0, 0, 0, 1, 1, 0, 1)) | n f4 1x2x2x2
nd.diag(a<<~, k=1~, k=-1>>) | n f4 3x3
nd.diag(a<<~, k=1~, k=-1>>) | n f4 3
nd.cumsum(a<<~, axis=0~, axis=1~, axis=-1>>) | n f4 2x3
nd.cumsum(a<<~, dtype='float64'>>) | n <<i4~f2~i8>> 4
nd.where(a, b, c) | z f4 2x3; n f4 2x3; n f4 2x3
nd.where(a, b, c) | z <<i4~u1>> 3; n <<f4~i4>> 3; n f4 3
nd.where(a, b, c) | z f4 2; n f4 2x3; n f4 2x3
nd.where(a, b, c) | e f4 14; n f4 14; n f4 14
nd.where(a > 0, a, <<-a~a * 0.1>>) | n f4 4
nd.clip(a, <<-1, 1~0, 6~a_min=-0.5, a_max=0.5>>) | e <<f4~f8~i4>> 14
nd.clip(a, -1, 1) | z f4 5
nd.clip(a, 1, 3) | n <<u1~i8~i1~f2>> 5
nd.Activation(a, act_type=<<'relu'~'sigmoid'~'tanh'~'softrelu'~'softsign'>>) | e f4 14
nd.Activation(a, act_type=<<'relu'~'sigmoid'~'tanh'~'softrelu'~'softsign'>>) | n <<f8~f2>> 4
nd.LeakyReLU(a, act_type=<<'leaky'~'elu'~'selu'~'gelu'>>) | n f4 6
nd.LeakyReLU(a, act_type=<<'leaky'~'elu'>>, slope=0.1) | e f4 14
nd.LeakyReLU(a, b, act_type='prelu') | n f4 2x3; r0.1:0.5 f4 3
nd.FullyConnected(a, b, c, num_hidden=2<<~, flatten=False>>) | n f4 4x3; n f4 2x3; n f4 2
nd.FullyConnected(a, b, num_hidden=2, no_bias=True) | n f4 2x3; n f4 2x3
nd.FullyConnected(a, b, c, num_hidden=2<<, flatten=False~>>) | n f4 2x3x2; n f4 2x<<2~6>>; n f4 2
nd.Convolution(a, b, c, kernel=(2, 2), num_filter=3<<~, stride=(2, 1)~, pad=(1, 0)~, dilate=(2, 1)>>) | n f4 2x2x4x4; n f4 3x2x2x2; n f4 3
nd.Convolution(a, b, kernel=(3,), num_filter=2, no_bias=True<<~, pad=(1,)~, stride=(2,)>>) | n f4 1x2x6; n f4 2x2x3
nd.Convolution(a, b, kernel=(1, 1), num_filter=4, num_group=2, no_bias=True) | n f4 1x2x2x2; n f4 4x1x1x1
nd.Convolution(a, b, kernel=(2, 2, 2), num_filter=2, no_bias=True) | n f4 1x1x3x3x3; n f4 2x1x2x2x2
nd.Deconvolution(a, b, kernel=(2, 2), num_filter=3<<~, stride=(2, 2)~, pad=(1, 1)~, stride=(2, 2), adj=(1, 1)>>) | n f4 1x2x3x3; n f4 2x3x2x2
nd.Pooling(a, kernel=(2, 2), pool_type=<<'max'~'avg'~'sum'>><<~, stride=(2, 2)~, pad=(1, 1)~, stride=(2, 2), pooling_convention='full'>>) | n f4 1x2x5x5
nd.Pooling(a, kernel=(2, 2), pool_type='avg', pad=(1, 1), count_include_pad=False) | n f4 1x1x3x3
nd.Pooling(a, global_pool=True, pool_type=<<'max'~'avg'~'sum'>>) | n f4 1x2x3x3
nd.Pooling(a, kernel=(2,), pool_type=<<'max'~'avg'>>, stride=(2,)) | n f4 1x2x6
nd.Pooling(a, kernel=(2, 2), pool_type='max') | t f4 1x1x3x3
nd.Pooling(a, kernel=(2, 2), pool_type='lp', p_value=2) | r0.5:2 f4 1x1x3x3
nd.UpSampling(a, scale=2, sample_type='nearest') | n f4 1x2x2x2
nd.BatchNorm(a, b, c, d, e<<~, fix_gamma=False~, use_global_stats=True~, eps=0.1>>) | n f4 4x3; r0.5:2 f4 3; n f4 3; n f4 3; r0.5:2 f4 3
nd.BatchNorm(a, b, c, d, e<<~, fix_gamma=False~, use_global_stats=True~, axis=-1>>) | n f4 2x3x2x3; r0.5:2 f4 3; n f4 3; n f4 3; r0.5:2 f4 3 | train
nd.LayerNorm(a, b, c<<~, eps=0.1~, axis=-1>>) | n f4 2x3; r0.5:2 f4 3; n f4 3
nd.LayerNorm(a, b, c, axis=0) | n f4 2x3; r0.5:2 f4 2; n f4 2
nd.InstanceNorm(a, b, c) | n f4 2x3x4; r0.5:2 f4 3; n f4 3
nd.GroupNorm(a, b, c, num_groups=2) | n f4 2x4x3; r0.5:2 f4 <<2~4>>; n f4 <<2~4>>
nd.L2Normalization(a, mode=<<'instance'~'channel'~'spatial'>>) | n f4 2x3x4
nd.LRN(a, nsize=3) | n f4 1x4x2x2
nd.moments(a, axes=<<(0,)~(0, 1)~(1,)>><<~, keepdims=True>>) | n f4 2x3
nd.SoftmaxOutput(a, b<<~, grad_scale=2~, use_ignore=True, ignore_label=1~, normalization='batch'~, normalization='valid'~, smooth_alpha=0.1>>) | n f4 3x4; k4 f4 3
nd.SoftmaxOutput(a, b, multi_output=True) | n f4 2x3x2; k3 f4 2x2
nd.<<LinearRegressionOutput~LogisticRegressionOutput~MAERegressionOutput>>(a, b<<~, grad_scale=2>>) | n f4 3x2; n f4 3x2
nd.SVMOutput(a, b<<~, use_linear=True~, margin=0.5>>) | n f4 3x4; k4 f4 3
nd.<<MakeLoss~make_loss~stop_gradient~BlockGrad~identity>>(a) | n f4 3
nd.MakeLoss(a, grad_scale=3) * 2 | n f4 3
nd.smooth_l1(a, scalar=<<1.0~2.0~0.5>>) | e f4 14
nd.hard_sigmoid(a<<~, alpha=0.3, beta=0.1>>) | e f4 14
nd.SoftmaxActivation(a<<~, mode='channel'>>) | n f4 2x3x2
nd.SequenceMask(a<<~, value=-1~, use_sequence_length=False>>) | n f4 4x2x3
nd.SequenceMask(a, b, use_sequence_length=True<<~, value=-1>>) | n f4 4x2x3; r1:4 f4 2
nd.SequenceMask(a, b, use_sequence_length=True, axis=1) | n f4 2x4x3; r1:4 f4 2
nd.<<SequenceLast~SequenceReverse>>(a, b, use_sequence_length=True) | n f4 4x2x3; r1:4 f4 2
nd.<<SequenceLast~SequenceReverse>>(a) | n f4 4x2x3
nd.depth_to_space(a, 2) | n f4 1x4x2x2
nd.space_to_depth(a, 2) | n f4 1x1x4x4
nd.im2col(a, kernel=(2, 2)<<~, stride=(2, 2)~, pad=(1, 1)>>) | n f4 1x2x3x3
nd.<<shape_array~size_array~zeros_like~ones_like>>(a) | n <<f4~i4>> 2x3
nd.unravel_index(a, shape=(3, 4)) | k12 <<f4~i4>> 3
nd.ravel_multi_index(a, shape=(3, 4)) | k3 <<f4~i4>> 2x3
nd.all_finite(a) | <<e~n>> f4 14
nd.cast(a, dtype=<<'int32'~'float16'~'uint8'~'bool'~'int64'>>) | r0:9 f4 4
nd.<<array~zeros~ones~full>>(<<(2, 3)~2>><<~, 3>>) | n f4 1
nd.arange(<<5~1, 4~0, 1, 0.25~5, 0, -1>><<~, dtype='int32'~, repeat=2>>) | n f4 1
nd.linspace(<<0, 1, 5~0, 1, 4, endpoint=False~2, 2, 3~0, 10, 1>>) | n f4 1
nd.eye(<<3~3, 4~3, 4, 1~3, 2, -1~2, k=1>><<~, dtype='int32'>>) | n f4 1
nd.<<maximum~minimum~power~add~subtract~multiply~divide~modulo~equal~greater~lesser_equal~not_equal~logical_and~logical_xor>>(<<a, 1~1, a~2.0, a>>) | t f4 4
nd.broadcast_<<add~sub~mul~div~mod~power~maximum~minimum~hypot~equal~lesser~greater_equal~logical_or>>(a, b) | r1:3 f4 2x1x2; r1:3 f4 1x3x1
nd.elemwise_<<add~sub~mul~div>>(a, b) | n f4 2x3; r1:3 f4 <<2x3~3>>
nd.<<sgd_update>>(a, b, lr=0.1<<~, wd=0.1~, clip_gradient=0.5~, rescale_grad=0.5>>) | n f4 3; n f4 3
nd.<<round~rint~fix~floor~ceil~trunc>>(a) | r-3:3 f4 9
nd.<<round~rint~fix~floor~ceil~trunc>>(a / 2) | w f4 15
nd.squeeze(a<<~, axis=1~, axis=(1, 3)~, axis=0>>) | n f4 2x1x3x1
nd.transpose(a<<~, axes=(1, 0, 2)~, axes=(0, 0, 1)>>) | n f4 2x3x2
nd.expand_dims(a, axis=<<0~1~-1~2~5>>) | n f4 2x3
nd.swapaxes(a, dim1=0, dim2=<<1~2>>) | n f4 2x3x2
nd.flatten(a) | n f4 <<2x3x2~3~2x3>>
a.<<slice_axis(axis=1, begin=0, end=2)~take(nd.array([0, 1]))~pick(nd.array([0, 1]))~one_hot(3)~softmax()~log_softmax()~relu()~sigmoid()~tanh()~exp()~sqrt()~square()~abs()~sign()~round()~floor()~argsort()~sort()~topk()~split(3)~flip(axis=0)~diag()>> | r0.3:2 f4 2x3
a.broadcast_to((2, 3)) | n f4 1x3
nd.random.uniform(<<~shape=(3,)~0, 5, shape=(2, 2)~-1, 1, shape=(2,), dtype='float64'~shape=100>>) | | seed<<0~3~42>>
nd.random.normal(<<~shape=(3,)~2, 0.5, shape=(2, 2)~0, 1, shape=(2,), dtype='float64'~shape=100>>) | | seed<<0~3~42>>
nd.random.randint(<<0, 10~0, 10, shape=(3,)~-5, 5, shape=(2, 2), dtype='int64'>>) | | seed<<0~3>>
nd.random.<<randn(2, 3)~exponential(2.0, shape=(4,))~shuffle(nd.arange(10))~shuffle(nd.arange(12).reshape((6, 2)))>> | | seed<<0~3>>
[nd.random.uniform(shape=2), nd.random.normal(shape=3), nd.random.uniform(shape=(2, 2)), nd.random.randint(0, 9, shape=4)] | | seed<<1~100>>
nd.Dropout(<<nd.ones((3, 4))~nd.ones((70,))>>, p=<<0.5~0.2~0.9>>, mode='always') | | seed<<0~5>>
nd.Dropout(a, p=0.5<<~, mode='training'>>) | n f4 3
nd.<<random_uniform~random_normal~uniform~normal>>(0, 1, shape=(3,)) | | seed7

# np
np.<<sum~mean~prod~max~min~std~var>>(a<<~, axis=0~, axis=(0, 2)~, axis=-1, keepdims=True~, axis=()>>) | n f4 2x3x2
np.<<sum~mean~prod>>(a<<~, axis=0>>, dtype=<<'float64'~'int32'~'float32'>>) | n <<f4~i4>> 2x3
np.<<max~min~sum~prod~mean>>(a, axis=<<0~1>>) | n f4 <<0x3~2x0>>
np.<<argmax~argmin>>(a<<~, axis=0~, axis=1~, axis=-1>>) | t f4 3x4
np.<<argmax~argmin>>(a) | n <<i4~f8~i8~u1~f2~b>> 5
np.<<all~any>>(a<<~, axis=0~, axis=1, keepdims=True>>) | z <<f4~i4~b>> 2x3
np.average(a<<~, axis=0~, axis=1>>) | n f4 2x3
np.average(a, axis=<<0~1>>, weights=b) | n f4 3x3; r0.5:2 f4 3
np.<<sort~argsort>>(a<<~, axis=0~, axis=1>>) | t f4 3x4
np.<<sort~argsort>>(a) | n <<i4~f8~i8~u1~f2>> 5
np.<<cumsum>>(a<<~, axis=0~, axis=1~, dtype='float64'>>) | n <<f4~i4~b>> 2x3
np.diff(a<<~, n=2~, axis=0>>) | n f4 3x4
np.take(a, b<<~, axis=0~, axis=1, mode='wrap'~, axis=0, mode='clip'>>) | n f4 3x4; k3 <<i4~i8~f4>> 2
np.take(a, b, axis=0, mode=<<'clip'~'wrap'>>) | n f4 3x4; w i4 4
np.<<where(a, b, c)>> | z <<f4~i4~b>> 2x3; n f4 3; n f4 2x1
np.where(a > 0, a, <<0~1.5~-a>>) | n f4 4
np.where(a > 0, <<0~1.5>>, a) | n <<f4~f8~i4>> 4
np.where(a, b, c) | z b 3; n <<f4~i4~f8>> 3; n <<f4~i4~f8>> 3
np.where(a) | z f4 2x3
np.clip(a, <<-1, 1~0, 6~a_min=-0.5, a_max=0.5~None, 1~0, None>>) | e <<f4~f8~i4>> 14
np.<<dot~matmul>>(a, b) | n f4 <<2x3~3>>; n f4 <<3x2~3>>
np.dot(a, b) | n f4 2x3x4; n f4 <<4x2~4~2x4x2>>
np.dot(a, b) | n f4 ; n f4 <<2~2x2~>>
np.dot(a, <<2~2.5>>) | n f4 2x2
np.matmul(a, b) | n f4 2x3x4; n f4 <<4x2~4~2x4x2~1x4x2>>
np.matmul(a, b) | n f4 1x3x4; n f4 5x1x4x2
np.matmul(a, b) | n <<f8~f2~i4>> 2x2; n <<f8~f4~i4>> 2x2
np.<<outer~inner~vdot~kron>>(a, b) | n f4 3; n f4 <<3~2>>
np.<<inner~kron>>(a, b) | n f4 2x3; n f4 2x3
np.tensordot(a, b, axes=<<1~0~2~([1], [0])~([0, 1], [1, 0])>>) | n f4 3x3; n f4 3x3
np.einsum('<<ij,jk->ik~ij,kj->ik~ij,ij->~ij,ij->i~ij,jk->ki~ij,jk>>', a, b) | n f4 3x3; n f4 3x3
np.einsum('<<ij->ji~ii->i~ii~ij->j~ij->>>', a) | n f4 3x3
np.einsum('bij,bjk->bik', a, b) | n f4 2x3x2; n f4 2x2x3
np.reshape(a, <<(3, 2)~-1~(-1, 2)~(1, 6)~(2, 3, 1)~(4, 2)~(-1, -1)~()~(6,)>>) | n f4 2x3
a.reshape(<<3, 2~-1~(-1, 2)~(2, -1, 1)~(4, 2)>>) | n f4 2x3
npx.reshape(a, <<(3, 8)~(-1,)~(-2, -1)~(-4,)~(-2, -4)~(-5, -2)~(-2, -5)~(-6, 1, 2, -4)~(-6, -1, 2, -2, -2)~(-3, 3, 4)>>) | n f4 <<2x3x4~1x3x4>>
np.<<concatenate([a, b])~concatenate([a, b], axis=1)~concatenate([a, b], axis=None)~concatenate((a, b), axis=-1)~stack([a, b])~stack([a, b], axis=1)~stack([a, b], axis=-1)~vstack([a, b])~hstack([a, b])~dstack([a, b])~column_stack([a, b])~append(a, b)~append(a, b, axis=0)>> | n f4 2x3; n f4 2x3
np.<<concatenate([a, b])~stack([a, b])~vstack([a, b])~hstack([a, b])~column_stack([a, b])>> | n f4 3; n <<f4~i4~f8>> 3
np.split(a, <<2~4~[1, 3]~[1]~3>><<~, axis=1>>) | n f4 4x4
np.<<array_split(a, 3)~hsplit(a, 2)~vsplit(a, 2)>> | n f4 4x4
np.<<dsplit(a, 2)>> | n f4 2x2x4
np.<<flip(a)~flip(a, 0)~flip(a, 1)~flipud(a)~fliplr(a)~rot90(a)~rot90(a, 2)~rot90(a, k=3)~roll(a, 1)~roll(a, 1, axis=0)~roll(a, -1, axis=1)~roll(a, (1, 2), axis=(0, 1))>> | n f4 3x4
np.<<tile(a, 2)~tile(a, (2, 1))~tile(a, (2, 1, 2))~repeat(a, 2)~repeat(a, 2, axis=0)~repeat(a, 3, axis=-1)>> | n f4 2x3
np.<<moveaxis(a, 0, 2)~moveaxis(a, (0, 1), (1, 0))~swapaxes(a, 0, 2)~transpose(a)~transpose(a, (2, 0, 1))~rollaxis(a, 2)~expand_dims(a, 1)~expand_dims(a, -1)~ravel(a)~atleast_2d(a)~atleast_1d(a)~atleast_3d(a)>> | n f4 2x3x2
np.squeeze(a<<~, axis=1~, axis=(1, 3)~, axis=0>>) | n f4 2x1x3x1
np.<<broadcast_to(a, (2, 3))~broadcast_to(a, (4, 2, 3))>> | n f4 2x1
np.broadcast_arrays(a, b) | n f4 2x1; n f4 3
np.<<diag(a)~diag(a, 1)~diag(a, -1)~diagflat(a)~diagonal(a)~diagonal(a, 1)~trace(a)~tril(a)~triu(a)~tril(a, 1)~triu(a, -1)>> | n f4 3x3
np.<<diag(a)~diag(a, 1)~diag(a, -1)~diagflat(a)~ediff1d(a)~vander(a)>> | n f4 3
np.trace(a<<~, offset=1~, axis1=0, axis2=2>>) | n f4 3x3x3
np.pad(a, <<1~(1, 2)~((1, 0), (0, 2))>>, mode='<<constant~edge~reflect~symmetric~maximum~minimum>>') | n f4 3x3
np.pad(a, 1, constant_values=5) | n f4 2
np.meshgrid(a, b<<~, indexing='ij'>>) | n f4 2; n f4 3
np.<<nan_to_num(a)~isnan(a)~isinf(a)~isfinite(a)~isposinf(a)~isneginf(a)~sign(a)~abs(a)~signbit(a)>> | e f4 14
np.nan_to_num(a, nan=1.0, posinf=2.0, neginf=-2.0) | e f4 14
np.<<around(a)~round(a)~rint(a)~fix(a)~floor(a)~ceil(a)~trunc(a)>> | r-3:3 f4 9
np.<<around(a)~round(a)~rint(a)~fix(a)~floor(a)~ceil(a)~trunc(a)>> | n <<i4~i8>> 4
np.around(a / 2) | w f4 15
np.around(a, <<1~2~-1>>) | r-30:30 f4 9
np.<<unique(a)~nonzero(a)~flatnonzero(a)~bincount(a)>> | k3 i4 6
np.unique(a, return_<<index~inverse~counts>>=True) | k3 <<i4~f4>> 6
np.<<percentile(a, 30)~percentile(a, 50)~quantile(a, 0.3)~median(a)~ptp(a)>> | n f4 7
np.<<percentile(a, 30, axis=0)~quantile(a, 0.5, axis=1)~median(a, axis=1)~ptp(a, axis=0)>> | n f4 3x4
np.<<histogram(a, 3)~histogram(a, 4, range=(0, 1))>> | n f4 7
np.interp(a, b, c) | r0:2 f4 4; r0:0 f4 1; n f4 1
np.<<cross(a, b)>> | n f4 3; n f4 3
np.<<polyval(a, b)>> | n f4 3; n f4 4
np.delete(a, <<1~[0, 2]~slice(0, 2)>><<~, axis=0~, axis=1>>) | n f4 3x3
np.insert(a, <<1~[0, 2]>>, 5) | n f4 4
np.<<bitwise_and~bitwise_or~bitwise_xor>>(a, b) | n <<i4~u1~b>> 4; n <<i4~u1~b>> 4
np.<<bitwise_not~invert>>(a) | n <<i4~u1~b>> 4
np.<<lcm~gcd>>(a, b) | r1:9 i4 4; r1:9 i4 4
np.<<maximum~minimum~power~add~subtract~multiply~divide~mod~equal~greater~less_equal~not_equal~logical_and~logical_xor~arctan2~hypot~copysign~fmod>>(<<a, 1~1, a~2.0, a>>) | t f4 4
np.<<array~zeros~ones>>(<<(2, 3)~2~()>><<~, dtype='int32'~, dtype='bool'>>) | n f4 1
np.full(<<(2, 3)~2~()>>, <<3~3.5~True>><<~, dtype='int32'>>) | n f4 1
np.full((2, 2), a) | n f4 2
np.arange(<<5~1, 4~0, 1, 0.25~5, 0, -1~0~3, 1>><<~, dtype='int32'>>) | n f4 1
np.linspace(<<0, 1, 5~0, 1, 4, endpoint=False~2, 2, 3~0, 10, 1~0, 1, 0>><<~, dtype='int32'>>) | n f4 1
np.logspace(0, 2, 3) | n f4 1
np.eye(<<3~3, 4~3, 4, 1~3, 2, -1~2, k=1>><<~, dtype='int32'>>) | n f4 1
np.<<identity(3)~tri(3)~tri(2, 3, 1)~hanning(5)~hamming(5)~blackman(5)~indices((2, 3))~tril_indices(3)~triu_indices(3)~ones_like(np.ones(2))~full_like(np.ones(2), 3)~zeros_like(np.ones(2), dtype='int32')>> | n f4 1
np.linalg.<<det~inv~slogdet~cholesky~svd~eigh~eigvalsh~qr~pinv~matrix_rank~norm>>(a) | d f4 3x3
np.linalg.<<det~inv~slogdet>>(a) | d f4 2x2x2
np.linalg.cholesky(np.dot(a, a.T)) | d f4 3x3
np.linalg.<<solve>>(a, b) | d f4 3x3; n f4 3x2
np.linalg.norm(a<<~, axis=0~, axis=1, keepdims=True~, ord='fro'~, axis=(0, 1)~, ord=2, axis=0~, ord=1, axis=1~, ord=float('inf'), axis=0>>) | n f4 2x3
np.linalg.norm(a) | n f4 3
np.linalg.norm(a) | r0:0 f4 3
np.linalg.<<multi_dot([a, a, a])~matrix_power(a, 2)>> | d f4 3x3
<<a.item()~float(a)~int(a)~bool(a)~a.tolist()~a + 1~1 - a~a * a~-a>> | r2:5 <<f4~i4~f8~b>> 
<<a.item()~float(a)~bool(a)~int(a)>> | n f4 3
<<a[a > 0]~a[np.array([True, False, True, False])]>> | n f4 4
<<a[a > 0]~a[a[:, 0] > 0]~a[(a > 0).sum(axis=1) > 1]>> | n f4 3x4
a[b] | n f4 4; z b 4
<<a.mean(axis=1, keepdims=True)~a.std()~a.var(axis=0)~a.cumsum(axis=0)~a.argsort()~a.sort()~a.dot(a.T)~a.ravel()~a.max(axis=1)~a.take(np.array([0, 1], dtype='int32'))~a.all()~a.any()~a.nonzero()~a.round()~a.flatten()~a.squeeze()~a.clip(0, 1)>> | n f4 2x3
<<a // b~np.floor_divide(a, b)>> | n f4 3; n f4 3
<<a & b~a | b~a ^ b~~a>> | z <<b~i4>> 3; z <<b~i4>> 3
<<a @ b~a.dot(b)>> | n f4 2x3; n f4 3x2
<<a < b~a >= b~a == b~a != b>> | e f4 14; n f4 1
<<np.may_share_memory(a, a)~np.shares_memory(a, a)~np.array_equal(a, a)~np.allclose(a, a)~np.shape(a)~np.size(a)~np.ndim(a)>> | n f4 2
np.random.uniform(<<~size=(3,)~0, 5, size=(2, 2)~-1, 1, (2,)~size=100>>) | | seed<<0~3~42>>
np.random.normal(<<~size=(3,)~2, 0.5, size=(2, 2)~0, 1, (2,)~size=101>>) | | seed<<0~3~42>>
np.random.randint(<<10~0, 10~0, 10, size=(3,)~-5, 5, size=(2, 2), dtype='int32'>>) | | seed<<0~3>>
np.random.<<rand(2, 3)~rand()~randn(5)~randn()~permutation(6)~permutation(np.arange(5))>> | | seed<<0~3>>
np.random.<<choice(5, size=3)~choice(5)~exponential(2.0, size=(3,))~gamma(2.0, size=(3,))~gumbel(size=(3,))~laplace(size=(3,))~logistic(size=(3,))~beta(1.0, 2.0, size=(3,))~chisquare(2.0, size=(3,))~multinomial(10, [0.2, 0.8])~rayleigh(size=(3,))~weibull(2.0, size=(3,))~pareto(2.0, size=(3,))~power(2.0, size=(3,))~lognormal(size=(3,))>>.shape | | 
[np.random.uniform(size=2), np.random.normal(size=3), np.random.rand(2, 2), np.random.randint(0, 9, size=4), np.random.randn(3)] | | seed<<1~100>>

# npx
npx.<<relu~sigmoid~erf~erfinv~gamma~gammaln>>(a) | e f4 14
npx.activation(a, act_type=<<'relu'~'sigmoid'~'tanh'~'softrelu'~'softsign'>>) | e f4 14
npx.leaky_relu(a, act_type=<<'leaky'~'elu'~'selu'~'gelu'>>) | n f4 6
npx.<<softmax~log_softmax>>(a, axis=<<0~1~-1>><<~, temperature=2.0>>) | n f4 3x4
npx.<<softmax~log_softmax>>(a) | n <<f8~f2>> 2x3
npx.softmax(a, length=b, use_length=True, axis=-1) | n f4 3x4; k4 i4 3
npx.topk(a, k=<<1~2~0>>, ret_typ=<<'value'~'indices'~'both'~'mask'>>, is_ascend=<<True~False>>, axis=<<-1~0>>) | t f4 3x4
npx.pick(a, b, axis=<<0~1~-1>><<~, keepdims=True>><<~, mode='wrap'>>) | n f4 3x3; w <<f4~i4>> 3
npx.one_hot(a, <<3~5>><<~, on_value=2, off_value=-1~, dtype='int32'>>) | w <<f4~i4~i8>> 4
npx.embedding(a, b, input_dim=4, output_dim=3) | <<k4~w>> <<f4~i4>> 2x3; n f4 4x3
npx.gather_nd(a, b) | n f4 3x4; k3 <<i4~i8>> 2x3
npx.batch_dot(a, b<<~, transpose_a=True~, transpose_b=True>>) | n f4 2x3x3; n f4 2x3x3
npx.fully_connected(a, b, c, num_hidden=2<<~, flatten=False>>) | n f4 4x3; n f4 2x3; n f4 2
npx.fully_connected(a, b, num_hidden=2, no_bias=True) | n f4 2x3; n f4 2x3
npx.convolution(a, b, c, kernel=(2, 2), num_filter=3<<~, stride=(2, 1)~, pad=(1, 0)>>) | n f4 2x2x4x4; n f4 3x2x2x2; n f4 3
npx.pooling(a, kernel=(2, 2), pool_type=<<'max'~'avg'>><<~, stride=(2, 2)>>) | n f4 1x2x5x5
npx.layer_norm(a, b, c) | n f4 2x3; r0.5:2 f4 3; n f4 3
npx.batch_norm(a, b, c, d, e<<~, fix_gamma=False>>) | n f4 4x3; r0.5:2 f4 3; n f4 3; n f4 3; r0.5:2 f4 3<<~ | train>>
npx.<<batch_flatten~stop_gradient~shape_array>>(a) | n f4 2x3x2
npx.arange_like(a<<~, axis=0~, axis=1~, start=2>>) | n f4 2x3
npx.reshape_like(a, b) | n f4 2x3; n f4 3x2
npx.broadcast_like(a, b) | n f4 2x1; n f4 2x3
npx.slice(a, begin=(1, 0), end=(3, 2)) | n f4 4x5
npx.sequence_mask(a, b, use_sequence_length=True, value=-1) | n f4 4x2x3; r1:4 f4 2
npx.smooth_l1(a, scalar=<<1.0~2.0>>) | e f4 14
npx.nonzero(a) | z f4 2x3
npx.dropout(np.ones((<<3, 4~70,>>)), p=<<0.5~0.2>>, mode='always') | | seed<<0~5>>
"""


def expanded(line):
    """The lines that `<<x~y>>` stands for."""
    parts = re.split(r"<<(.*?)>>(?!>)", line)
    if len(parts) == 1:
        return [line]
    choices = [p.split("~") if k % 2 else [p] for k, p in enumerate(parts)]
    return ["".join(each) for each in itertools.product(*choices)]


def templates():
    """Cases (space, expression, operands, mode) in the order of the text."""
    spaces = ()
    for line in TEMPLATES.splitlines():
        if line.startswith("# "):
            spaces = ("nd", "np") if line == "# both" else (line[2:],)
        elif line:
            for text in expanded(line):
                expression, operands, mode = (f"{text} | | ".split(" | ") + ["", ""])[:3]
                for space in spaces:
                    yield space, expression.strip(), operands.strip(" |"), mode.strip(" |")
