#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# nginx -t: which keys tender_jwt_key and tender_jwt_jwks take, and the
# sentence with which they refuse the others.

use strict;
use warnings;

use File::Temp ();
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Jwt;
use Tender::Test;


my $dir    = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $module = Tender::Test::module_path();
my $load   = $module ? "load_module $module;" : '';
my $user   = $> == 0 ? 'user root;' : '';
my $env    = '';

# what a sanitized build needs; -t leaves its memory to the end of the process

$env  = 'ASAN_OPTIONS=detect_leaks=0 ' if $ENV{TEST_TENDER_ASAN};
$env .= "LD_PRELOAD=$ENV{TEST_TENDER_PRELOAD} " if $ENV{TEST_TENDER_PRELOAD};

my $temp = join "\n", map { "${_}_temp_path $dir/$_;" }
           qw(client_body proxy fastcgi uwsgi scgi);


sub file {
    my ($name, $text) = @_;

    open my $fh, '>:raw', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;

    return $name;
}


# nginx -t of lines of http: its status and its words

sub check {
    my ($http) = @_;

    file('nginx.conf', <<"END");
$load
$user
pid $dir/nginx.pid;
error_log stderr;
events { }
http {
    access_log off;
    $temp
    $http
    server { listen unix:$dir/socket; }
}
END

    # without a terminal, and it must not ask there

    open my $out, '-|', $env . Tender::Test::nginx_binary()
         . " -t -q -p $dir -c $dir/nginx.conf"
         . " -e $dir/error.log 2>&1 < /dev/null" or die "nginx: $!";
    local $/;

    my $words = readline($out) // '';

    close $out;

    return ($? >> 8, $words);
}


sub taken {
    my ($http, $name, $warning) = @_;

    my ($status, $words) = check($http);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($status, 0, $name || $http) or diag($words);

    if ($warning) {
        like($words, qr/\[warn\] .*\Q$warning\E/, 'with a warning');
    } else {
        is($words, '', 'without a word');
    }
}


sub refused {
    my ($sentence, $http, $name) = @_;

    my ($status, $words) = check($http);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    isnt($status, 0, 'refused: ' . ($name || $http));
    like($words, qr/\[emerg\] .*\Q$sentence\E/, 'with its sentence');
}


# the set of these keys, as a file

sub set {
    my (@keys) = @_;

    return file('set.json', ref $keys[0] eq 'HASH'
                ? JSON::PP->new->utf8->encode({ keys => \@keys }) : $keys[0]);
}


sub without {
    my ($data, @names) = @_;

    my %copy = %$data;

    delete @copy{@names};

    return \%copy;
}


my %key = map { $_ => jwt_key($_, "$dir") }
          qw(RS256 PS256 ES256 ES384 ES512 EdDSA Ed448);
my %pem = map { $_ => file("$_.pem", $key{$_}{pem}) } keys %key;

file('secret32', 's' x 32 . "\n");
file('secret64', 's' x 64);


# -- tender_jwt_key

taken("tender_jwt_key $pem{$_};") for qw(RS256 ES256 ES384 EdDSA Ed448);

taken("tender_jwt_key $pem{RS256} alg=$_;")
    for qw(RS256 RS384 RS512 PS256 PS384 PS512);
taken("tender_jwt_key $pem{ES256} alg=ES256;");
taken("tender_jwt_key $pem{ES384} alg=ES384;");
taken("tender_jwt_key $pem{$_} alg=EdDSA;") for qw(EdDSA Ed448);
taken("tender_jwt_key secret64 alg=$_;") for qw(HS256 HS384 HS512);
taken('tender_jwt_key secret32 alg=HS256 kid=a iss=b aud=c;');
taken("tender_jwt_key $dir/secret32 aud=c iss=b=c kid=A-Z.a_z alg=HS256;");

my $length = 'a secret must have 32 bytes for HS256, 48 for HS384, 64 for '
             . 'HS512';

for my $case ([ 'HS256', 31 ], [ 'HS384', 47 ], [ 'HS512', 63 ]) {
    my ($alg, $n) = @$case;

    file('secret', 's' x $n . "\n");
    refused($length, "tender_jwt_key secret alg=$alg;",
            "$n bytes and a newline for $alg");
    file('secret', 's' x $n . "\n\n");
    taken("tender_jwt_key secret alg=$alg;", 'one newline is left out');
    file('secret', 's' x $n . "\r");
    taken("tender_jwt_key secret alg=$alg;", 'nothing else is');
}

my $takes = 'it takes alg=HS256 to alg=EdDSA, kid= with 1 to 64 of '
            . '"A-Z a-z 0-9 . _ -", iss= and aud=, each once';

refused($takes, "tender_jwt_key secret64 $_;")
    for 'alg=none', 'alg=', 'alg=hs256', 'alg=HS1', 'alg=ES512', 'alg',
        'algo=HS256', 'kid=', 'kid=a/b', '"kid=a b"', 'kid=' . 'a' x 65,
        'iss=', 'aud=', 'alg=HS256 alg=HS256', 'kid=a kid=a', 'iss=a iss=b',
        'aud=a aud=a', 'use=sig', 'HS256', 'iss=' . 'a' x 513;

taken('tender_jwt_key secret64 alg=HS256 kid=' . 'a' x 64 . ';');
taken('tender_jwt_key secret64 alg=HS256 iss=' . 'a' x 512 . ';');

refused('it is not in PEM, and a secret needs alg=HS256, alg=HS384 or '
        . 'alg=HS512', 'tender_jwt_key secret64;');
refused('it is not in PEM, which begins with "-----BEGIN PUBLIC KEY-----"',
        'tender_jwt_key secret64 alg=ES256;');
refused('a key in PEM is not a secret',
        "tender_jwt_key $pem{RS256} alg=HS256;");

refused('it is of another kind than its algorithm takes',
        "tender_jwt_key $pem{$_->[0]} alg=$_->[1];")
    for [ RS256 => 'ES256' ], [ RS256 => 'EdDSA' ], [ ES256 => 'RS256' ],
        [ ES256 => 'EdDSA' ], [ EdDSA => 'ES256' ], [ Ed448 => 'PS256' ];

refused('its curve must be P-256 with ES256, P-384 with ES384',
        "tender_jwt_key $pem{$_->[0]} alg=$_->[1];")
    for [ ES384 => 'ES256' ], [ ES256 => 'ES384' ], [ ES512 => 'ES256' ],
        [ ES512 => 'ES384' ];
refused('it is of another kind than its algorithm takes',
        "tender_jwt_key $pem{ES512};");

file('private', do { local (@ARGV, $/) = $key{$_}{private}; <> })
    and refused('it is a private key: the public one is enough here, '
                . '"openssl pkey -pubout" makes it',
                'tender_jwt_key private;', "a private key, $_")
    for qw(RS256 ES256 EdDSA);

system("openssl pkey -in $key{RS256}{private} -aes256 -passout pass:secret"
       . " -out $dir/encrypted") == 0 or die 'openssl';
refused('it is a private key', 'tender_jwt_key encrypted;');

system("openssl req -x509 -key $key{RS256}{private} -subj /CN=a -days 3"
       . " -out $dir/certificate") == 0 or die 'openssl';
refused('it is a certificate: "openssl x509 -noout -pubkey" shows its public '
        . 'key', 'tender_jwt_key certificate;');

file('two', $key{RS256}{pem} . $key{ES256}{pem});
refused('it is more than one key', 'tender_jwt_key two;');

my $unread = 'it is not a public key that OpenSSL can read';

file('broken', $key{RS256}{pem} =~ s/\n[^\n]{20}/\n/r);
refused($unread, 'tender_jwt_key broken;', 'PEM that is cut');
file('asks', "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n"
     . "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
     . "AAAAAAAAAAAAAAAAAAAAAA==\n-----END PUBLIC KEY-----\n");
refused($unread, 'tender_jwt_key asks;', 'PEM with a password');
file('x25519', jwt_key('X', "$dir", '-algorithm X25519')->{pem});
refused('it is of another kind than its algorithm takes',
        'tender_jwt_key x25519;', 'a key that signs nothing');
file('pss', jwt_key('X', "$dir", '-algorithm RSA-PSS')->{pem});
refused('it is of another kind than its algorithm takes',
        'tender_jwt_key pss alg=PS256;', 'a key of RSASSA-PSS alone');

for my $bits (1024, 2047) {
    my $weak = jwt_key('RS256', "$dir",
                       "-algorithm RSA -pkeyopt rsa_keygen_bits:$bits");

    file('weak', $weak->{pem});
    refused('an RSA key must have 2048 to 8192 bits', 'tender_jwt_key weak;',
            "$bits bits");
}

refused('open() "' . "$dir/none\" failed", 'tender_jwt_key none;');
refused('read() "' . "$dir/folder\" failed", 'tender_jwt_key folder;')
    if mkdir "$dir/folder";
file('empty', '');
refused('must hold 1 to 16384 bytes', 'tender_jwt_key empty alg=HS256;');
file('huge', 's' x 16385);
refused('must hold 1 to 16384 bytes', 'tender_jwt_key huge alg=HS256;');
file('large', 's' x 16384);
taken('tender_jwt_key large alg=HS256;');

my $other = 'another key has the same kid and algorithm';

refused($other, 'tender_jwt_key secret32 alg=HS256 kid=a; '
        . 'tender_jwt_key secret64 alg=HS256 kid=a;');
taken('tender_jwt_key secret64 alg=HS256 kid=a; '
      . 'tender_jwt_key secret64 alg=HS384 kid=a; '
      . 'tender_jwt_key secret64 alg=HS256 kid=A;');
taken('tender_jwt_key secret64 alg=HS256; tender_jwt_key secret32 alg=HS256;',
      'without a kid there may be two');

my $many = join ' ', map { "tender_jwt_key secret32 alg=HS256 kid=k$_;" }
                         1 .. 64;

taken($many, '64 keys');
refused('there are 64 keys already',
        "$many tender_jwt_key secret32 alg=HS256;", '65 keys');


# -- tender_jwt_jwks

my $hs = jwt_secret('HS256', 's' x 32);

set(map { jwk($key{$_}, kid => $_) } qw(RS256 PS256 ES256 ES384 EdDSA));
taken('tender_jwt_jwks set.json iss=a aud=b;');

for my $case (
    [ 'a secret', jwk($hs) ],
    [ 'Ed448', jwk($key{Ed448}) ],
    [ 'RSA without alg', without(jwk($key{RS256}), 'alg') ],
    [ 'EC without alg', without(jwk($key{ES384}), 'alg') ],
    [ 'OKP without alg', without(jwk($key{EdDSA}), 'alg') ],
    [ 'use', jwk($key{ES256}, use => 'sig') ],
    [ 'key_ops', jwk($key{ES256}, key_ops => [qw(sign verify)]) ],
    [ 'members of no use', jwk($key{ES256}, x5t => 'a', x5c => [], a => 1) ],
    [ 'a zero in front', jwk({ %{ $key{RS256} } }, e => 'AAEAAQ') ],
) {
    set($case->[1]);
    taken('tender_jwt_jwks set.json;', $case->[0]);
}

# others may have keys in the same set that are of no use here

for my $case (
    [ 'its "kty" is none of oct, RSA, EC, OKP', { kty => 'AKP' } ],
    [ 'its "kty" is none of oct, RSA, EC, OKP', { } ],
    [ 'its "kty" is none of oct, RSA, EC, OKP', { kty => 1 } ],
    [ 'its "use" is not "sig"', jwk($key{RS256}, use => 'enc') ],
    [ 'its "use" is not "sig"', jwk($key{RS256}, use => ['sig']) ],
    [ 'its "key_ops" do not have "verify"',
      jwk($key{RS256}, key_ops => ['sign']) ],
    [ 'its "key_ops" do not have "verify"', jwk($key{RS256}, key_ops => []) ],
    [ 'its "key_ops" do not have "verify"',
      jwk($key{RS256}, key_ops => 'verify') ],
    [ 'its "alg" is not an algorithm of tokens that is known here',
      jwk($key{RS256}, alg => 'RSA-OAEP') ],
    [ 'its "alg" is not an algorithm of tokens that is known here',
      jwk($hs, alg => 'none') ],
    [ 'its "alg" is not an algorithm of tokens that is known here',
      jwk($hs, alg => 256) ],
    [ 'its "kid" is not 1 to 64 of "A-Z a-z 0-9 . _ -"',
      jwk($key{RS256}, kid => 'a=') ],
    [ 'its "kid" is not 1 to 64 of "A-Z a-z 0-9 . _ -"',
      jwk($key{RS256}, kid => '') ],
    [ 'its "kid" is not 1 to 64 of "A-Z a-z 0-9 . _ -"',
      jwk($key{RS256}, kid => 1) ],
    [ 'its "crv" is none of P-256, P-384, Ed25519, Ed448',
      without(jwk($key{ES512}), 'alg') ],
    [ 'its "crv" is none of P-256, P-384, Ed25519, Ed448',
      without(jwk($key{EdDSA}, crv => 'X25519'), 'alg') ],
    [ 'its "crv" is none of P-256, P-384, Ed25519, Ed448',
      without(jwk($key{ES256}), 'crv') ],
) {
    my ($why, $jwk) = @$case;

    set(jwk($key{ES256}, kid => 'good'), $jwk);
    taken('tender_jwt_jwks set.json;', $why,
          "key 2 of \"$dir/set.json\" is left out: $why");
    set($jwk);
    refused('set.json" has no key that can verify tokens',
            'tender_jwt_jwks set.json;', 'nothing else');
}

for my $case (
    [ $length, jwk(jwt_secret('HS256', 's' x 31)) ],
    [ $length, jwk(jwt_secret('HS384', 's' x 47)) ],
    [ $length, jwk(jwt_secret('HS512', 's' x 63)) ],
    [ 'a secret needs an "alg": HS256, HS384 or HS512', without(jwk($hs),
                                                                'alg') ],
    [ 'a secret needs an "alg"', jwk($hs, alg => 'RS256') ],
    [ 'its "k" is not base64url', without(jwk($hs), 'k') ],
    [ 'its "k" is not base64url', jwk($hs, k => '') ],
    [ 'its "k" is not base64url', jwk($hs, k => 'a' x 64 . '=') ],
    [ 'its "k" is not base64url', jwk($hs, k => 7) ],
    [ 'it is a private key: the public one is enough here',
      jwk($key{RS256}, d => 'AQAB') ],
    [ 'it is a private key', jwk($key{ES256}, d => 'AQAB') ],
    [ 'it is a private key', jwk($key{EdDSA}, d => 'AQAB') ],
    [ 'it is of another kind', jwk($key{RS256}, alg => 'ES256') ],
    [ 'it is of another kind', jwk($key{ES256}, alg => 'HS256') ],
    [ 'it is of another kind', jwk($key{EdDSA}, alg => 'RS256') ],
    [ 'its curve must be', jwk($key{ES256}, alg => 'ES384') ],
    [ 'its "n" and "e" are not base64url', without(jwk($key{RS256}), 'n') ],
    [ 'its "n" and "e" are not base64url', jwk($key{RS256}, e => 'A+') ],
    [ 'an RSA key must have 2048 to 8192 bits',
      jwk($key{RS256}, n => b64url("\xff" x 255)) ],
    [ 'an RSA key must have 2048 to 8192 bits',
      jwk($key{RS256}, n => b64url("\xff" x 1025)) ],
    [ 'the exponent of an RSA key must be odd', jwk($key{RS256}, e => 'AQ') ],
    [ 'the exponent of an RSA key must be odd', jwk($key{RS256}, e => 'AA') ],
    [ 'the exponent of an RSA key must be odd', jwk($key{RS256}, e => 'BA') ],
    [ 'the exponent of an RSA key must be odd',
      jwk($key{RS256}, e => b64url("\xff" x 9)) ],
    [ 'its "x" and "y" are not base64url of its curve\'s size',
      jwk($key{ES256}, x => b64url('x' x 31)) ],
    [ 'its "x" and "y" are not', jwk($key{ES256}, y => b64url('x' x 33)) ],
    [ 'its "x" and "y" are not', without(jwk($key{ES384}), 'y') ],
    [ 'it is not a key that OpenSSL can use',
      jwk($key{ES256}, y => b64url("\1" x 32)) ],
    [ 'it is not a key that OpenSSL can use',
      jwk($key{ES256}, x => b64url("\0" x 32), y => b64url("\0" x 32)) ],
    [ 'its "x" is not base64url of its curve\'s size',
      jwk($key{EdDSA}, x => b64url('x' x 31)) ],
    [ 'its "x" is not', jwk($key{EdDSA}, crv => 'Ed448') ],
) {
    my ($why, $jwk) = @$case;

    set(jwk($key{ES256}, kid => 'good'), $jwk);
    refused("key 2 of \"$dir/set.json\" cannot verify tokens: $why",
            'tender_jwt_jwks set.json;', $why);
}

set(jwk($hs, kid => 'a'), jwk($hs, kid => 'a'));
refused($other, 'tender_jwt_jwks set.json;', 'twice in a set');
set(jwk($hs, kid => 'a'));
refused($other, 'tender_jwt_key secret64 alg=HS256 kid=a; '
        . 'tender_jwt_jwks set.json;', 'in a set and in a file');
set(jwk($hs), jwk($hs));
taken('tender_jwt_jwks set.json; tender_jwt_jwks set.json;',
      'without a kid, twice');

set('{"keys":[7]}');
refused('key 1 of', 'tender_jwt_jwks set.json;', 'a key that is no object');
set('{"keys":[]}');
refused('has no key that can verify tokens', 'tender_jwt_jwks set.json;',
        'an empty set');

for ('[]', '7', '{}', '{"keys":{}}', '{"Keys":[]}') {
    set($_);
    refused('is not a set of keys: {"keys": [...]}',
            'tender_jwt_jwks set.json;', $_);
}

set('{"keys":[}');
refused('set.json" is not JSON: Expecting object: line 1 column 10',
        'tender_jwt_jwks set.json;', 'half of JSON');
set('{"keys":[],"keys":[]}');
refused('set.json" is not JSON: ', 'tender_jwt_jwks set.json;',
        'a name twice');
file('set.json', ' ' x 262145);
refused('must hold 1 to 262144 bytes', 'tender_jwt_jwks set.json;',
        'a set that is too large');
refused('open() "' . "$dir/none\" failed", 'tender_jwt_jwks none;');

set(jwk($hs));
refused('it takes iss= and aud=, each once', "tender_jwt_jwks set.json $_;")
    for 'alg=HS256', 'kid=a', 'iss=', 'aud=a aud=b', 'x';

done_testing;
