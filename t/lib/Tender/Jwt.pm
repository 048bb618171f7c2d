package Tender::Jwt;

# Copyright (C) ngx_tender_module contributors

# Makes JSON Web Tokens, their keys, and sets of keys.
#
#   my $key = jwt_key('ES256', $dir);          # RS256 ... EdDSA, Ed448
#   my $hs  = jwt_secret('HS256', 'x' x 32);
#
# have alg, and pem (the public key) or secret; private is a file.
#
#   jwt($key, { sub => 22, exp => time + 60 }, { kid => 'a' });
#   jwt($key, '{"sub":22}', '{"alg":"HS256"}');
#
# takes claims and header as data or as text; alg is added to a header that
# is data.
#
#   jwk($key, kid => 'a');                     # data, of the public key
#   jwt_join($header, $claims, $signature);    # of texts

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256 hmac_sha384 hmac_sha512);
use Exporter 'import';
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);


our @EXPORT = qw(jwt jwt_join jwt_key jwt_secret jwk b64url);

my $json = JSON::PP->new->canonical->utf8;
my $n    = 0;

my %hmac = (HS256 => \&hmac_sha256, HS384 => \&hmac_sha384,
            HS512 => \&hmac_sha512);

my %make = (
    RS    => '-algorithm RSA -pkeyopt rsa_keygen_bits:2048',
    PS    => '-algorithm RSA -pkeyopt rsa_keygen_bits:2048',
    ES256 => '-algorithm EC -pkeyopt ec_paramgen_curve:P-256',
    ES384 => '-algorithm EC -pkeyopt ec_paramgen_curve:P-384',
    ES512 => '-algorithm EC -pkeyopt ec_paramgen_curve:P-521',
    EdDSA => '-algorithm ED25519',
    Ed448 => '-algorithm ED448',
);


sub b64url {
    my ($bytes) = @_;

    return encode_base64($bytes, '') =~ tr{+/=}{-_}dr;
}


sub run {
    my ($command) = @_;

    system("$command 2> /dev/null") == 0 or die "$command failed\n";
}


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', $file or die "$file: $!";
    local $/;

    return scalar readline $fh;
}


sub jwt_secret {
    my ($alg, $secret) = @_;

    return { alg => $alg, secret => $secret };
}


# options: args of "openssl genpkey" instead of the usual ones

sub jwt_key {
    my ($alg, $dir, $args) = @_;

    my $file = "$dir/jwt." . $n++;

    $args ||= $make{$alg} || $make{ substr $alg, 0, 2 };

    run("openssl genpkey $args -out $file.key");
    run("openssl pkey -in $file.key -pubout -out $file.pem");

    return { alg => $alg eq 'Ed448' ? 'EdDSA' : $alg, private => "$file.key",
             public => "$file.pem", pem => slurp("$file.pem") };
}


sub jwt {
    my ($key, $claims, $header) = @_;

    $header = { typ => 'JWT', alg => $key->{alg}, %{ $header || {} } }
        if !defined $header || ref $header;

    my $input = join '.', map { b64url(ref $_ ? $json->encode($_) : $_) }
                          $header, $claims;

    return "$input." . b64url(signature($key, $input));
}


sub jwt_join { join '.', map { b64url($_) } @_ }


sub signature {
    my ($key, $input) = @_;

    my $alg = $key->{alg};

    return $hmac{$alg}->($input, $key->{secret}) if $hmac{$alg};

    my $file = "$key->{private}.in";

    open my $fh, '>:raw', $file or die "$file: $!";
    print $fh $input;
    close $fh;

    if ($alg eq 'EdDSA') {
        run("openssl pkeyutl -sign -rawin -inkey $key->{private} -in $file"
            . " -out $file.sig");
        return slurp("$file.sig");
    }

    my ($kind, $bits) = $alg =~ /^(..)(...)$/;
    my $pss = '';

    $pss = ' -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:'
           . ($key->{salt} // -1)
        if $kind eq 'PS';

    run("openssl dgst -sha$bits -sign $key->{private}$pss -out $file.sig"
        . " $file");

    my $signature = slurp("$file.sig");

    return $kind eq 'ES' ? plain($signature, $bits / 8) : $signature;
}


# the two numbers of a DER sequence, each of so many bytes

sub plain {
    my ($der, $size) = @_;

    my ($r, $s) = unpack 'x2 x C/a x C/a', $der;

    return join '', map { substr "\0" x $size . $_, -$size } $r, $s;
}


sub jwk {
    my ($key, %more) = @_;

    return { kty => 'oct', alg => $key->{alg}, k => b64url($key->{secret}),
             %more }
        if defined $key->{secret};

    my ($text) = $key->{pem} =~ /KEY-----\n(.*?)\n-----END/s;
    my $der = decode_base64($text);

    if ($key->{alg} =~ /^ES(\d+)/) {
        my $size = $1 / 8;

        return { kty => 'EC', alg => $key->{alg}, crv => "P-$1",
                 x => b64url(substr $der, -2 * $size, $size),
                 y => b64url(substr $der, -$size), %more };
    }

    if ($key->{alg} eq 'EdDSA') {
        my $size = length $der > 60 ? 57 : 32;

        return { kty => 'OKP', alg => 'EdDSA',
                 crv => $size == 57 ? 'Ed448' : 'Ed25519',
                 x => b64url(substr $der, -$size), %more };
    }

    my $words = `openssl rsa -pubin -in $key->{public} -noout -modulus`;
    my ($modulus) = $words =~ /Modulus=([0-9A-F]+)/;

    return { kty => 'RSA', alg => $key->{alg}, e => 'AQAB',
             n => b64url(pack 'H*', $modulus), %more };
}


1;
